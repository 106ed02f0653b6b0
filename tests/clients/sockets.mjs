// The graphql-ws client against graphql-transport-ws: each kind of operation, errors, many at once, the viewer's end.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { all, change, done, END, FOLLOW, follow, headers, START, step, url, yourTurn } from './steps.mjs'

class SignedIn extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { headers })
  }
}

const closed = []
const client = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: SignedIn,
  lazy: false,
  retryAttempts: 0,
  on: { closed: (event) => closed.push(event.code) },
  onNonLazyError: () => {},
})

const query = await all(client, { query: 'query Me { viewer { operator { email } } tenants(first: 1) { nodes { id } } }' })
step('a query has one result and completes', query.results.length === 1 && query.results[0].data.viewer.operator, query)
const tenant = query.results[0].data.tenants.nodes[0].id

const stream = follow(client, { query: FOLLOW })
const other = follow(client, { query: 'subscription { tenantEvents { change } }' })
await stream.until(change('SNAPSHOT_END'))
step('a subscription begins with what is true now', !stream.end, stream)

const started = await all(client, { query: START, variables: { tenant } })
const session = started.results[0]?.data?.startImpersonation?.session?.id
step('a mutation runs beside it', Boolean(session), started)
await stream.until(change('STARTED'))
step('the subscription tells of it', !stream.end && stream.results.at(-1).data.sessionEvents.session.id === session, stream)

const broken = await all(client, { query: '{ tenants { ' })
step('a syntax error is an error of its operation', /Syntax Error/.test(broken.error?.[0]?.message), broken)
const unknown = await all(client, { query: '{ nothing }' })
step('a validation error is an error of its operation', /Cannot query field/.test(unknown.error?.[0]?.message), unknown)
const wrong = await all(client, { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: {} })
step('a variable that is missing is an error of its operation', /\$id/.test(JSON.stringify(wrong)), wrong)
step('none of them ends the other streams', !stream.end && !other.end && closed.length === 0, { closed })

other.stop()
await other.until((each) => each.end)
const ended = await all(client, { query: END, variables: { session } })
step('a stream that is stopped leaves the others', ended.results[0]?.data?.endImpersonation?.session?.endCause === 'STOPPED', ended)
await stream.until(change('ENDED'))
step('the subscription tells of the end', !stream.end, stream)

const many = await Promise.all(Array.from({ length: 20 }, () => all(client, { query: '{ viewer { permissions } }' })))
step('twenty at once are all answered', many.every((each) => each.results.length === 1), many)

await yourTurn('sign out')
await stream.until((each) => each.end)
step('the end of the sign-in closes the socket with 4401', closed.at(-1) === 4401, { closed, end: stream.end })
done()
