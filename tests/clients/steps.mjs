// What a client's run tells the test that started it: one line of JSON for each step, and a wait for its word.
import { createInterface } from 'node:readline'

export const [url, given] = process.argv.slice(2)
export const headers = JSON.parse(given)

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

export function step(name, ok, got) {
  console.log(JSON.stringify({ name, status: ok ? 'ok' : 'failed', reason: ok ? undefined : JSON.stringify(got ?? null) }))
}

/** Tell the test that it is its turn, and go on when it has done its part. */
export async function yourTurn(what) {
  console.log(JSON.stringify({ yourTurn: what }))
  await lines.next()
}

export function done() {
  process.exit(0)
}

/** Everything that one operation answers, and its error if it fails. */
export async function all(client, payload) {
  const results = []
  try {
    await new Promise((resolve, reject) => {
      client.subscribe(payload, { next: (result) => results.push(result), error: reject, complete: resolve })
    })
    return { results }
  } catch (error) {
    return { results, error }
  }
}

/** A stream that goes on: what it brought so far, a wait for what is to come, and its end. */
export function follow(client, payload) {
  const stream = { results: [], end: undefined, stop: undefined }
  let wake = () => {}
  stream.stop = client.subscribe(payload, {
    next: (result) => { stream.results.push(result); wake() },
    error: (error) => { stream.end = { error }; wake() },
    complete: () => { stream.end = {}; wake() },
  })
  stream.until = async (found) => {
    while (!found(stream)) await new Promise((resolve) => { wake = resolve })
    return stream
  }
  return stream
}

export const START = `mutation ($tenant: ID!) {
  startImpersonation(input: { tenantId: $tenant, reason: "webhook 500s since this morning" }) {
    ... on ImpersonationStarted { session { id } } ... on Refused { code message }
  }
}`
export const END = `mutation ($session: ID!) {
  endImpersonation(input: { sessionId: $session }) {
    ... on SessionChanged { session { endCause } } ... on Refused { code message }
  }
}`
export const FOLLOW = 'subscription { sessionEvents { change session { id } } }'

export const change = (name) => (stream) => stream.end || stream.results.some((each) => each.data?.sessionEvents.change === name)
