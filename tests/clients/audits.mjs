// The graphql-http server audits, asked as a signed-in operator; one line of JSON for each.
import { serverAudits } from 'graphql-http'

const [url, given] = process.argv.slice(2)
const signedIn = JSON.parse(given)

const fetchFn = (input, options = {}) => fetch(input, { ...options, headers: { ...options.headers, ...signedIn } })

for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn()
  console.log(JSON.stringify({ id, name, status, reason }))
}
