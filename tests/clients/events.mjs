// The graphql-sse client in its distinct connections mode: each kind of operation, errors, stopping, the viewer's end.
import { createClient } from 'graphql-sse'
import { all, change, done, END, FOLLOW, follow, headers, START, step, url, yourTurn } from './steps.mjs'

const client = createClient({ url, headers, retryAttempts: 0 })

const query = await all(client, { query: 'query Me { viewer { operator { email } } tenants(first: 1) { nodes { id } } }' })
step('a query has one result and completes', query.results.length === 1 && query.results[0].data.viewer.operator, query)
const tenant = query.results[0].data.tenants.nodes[0].id

const stream = follow(client, { query: FOLLOW })
await stream.until(change('SNAPSHOT_END'))
step('a subscription begins with what is true now', !stream.end, stream)

const started = await all(client, { query: START, variables: { tenant } })
const session = started.results[0]?.data?.startImpersonation?.session?.id
step('a mutation runs beside it', Boolean(session), started)
await stream.until(change('STARTED'))
step('the subscription tells of it', !stream.end && stream.results.at(-1).data.sessionEvents.session.id === session, stream)

const broken = await all(client, { query: '{ tenants { ' })
step('a syntax error comes as an event', /Syntax Error/.test(broken.results[0]?.errors?.[0]?.message), broken)
const unknown = await all(client, { query: '{ nothing }' })
step('a validation error comes as an event', /Cannot query field/.test(unknown.results[0]?.errors?.[0]?.message), unknown)

const other = follow(client, { query: 'subscription { tenantEvents { change } }' })
await other.until((each) => each.results.length > 0)
other.stop()
const ended = await all(client, { query: END, variables: { session } })
step('a stream that is stopped leaves the others', ended.results[0]?.data?.endImpersonation?.session?.endCause === 'STOPPED', ended)
await stream.until(change('ENDED'))
step('the subscription tells of the end', !stream.end, stream)

await yourTurn('sign out')
await stream.until((each) => each.end)
const last = stream.results.at(-1)
step('the end of the sign-in ends the stream and says so', last.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED', { last, end: stream.end })
const stranger = await all(client, { query: '{ __typename }' })
step('after it there is nothing to see', stranger.results.length === 0 && stranger.error !== undefined, stranger)
done()
