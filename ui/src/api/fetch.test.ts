import assert from 'node:assert/strict'
import { mock, test } from 'node:test'

import { ask } from './fetch.ts'

interface Errors {
  errors: { message: string; extensions: { errorId?: string; code?: string } }[]
}

async function answered(status: number, body: string, type: string, asked?: string): Promise<Errors['errors'][number]> {
  mock.method(globalThis, 'fetch', () => Promise.resolve(new Response(body, { status, headers: { 'content-type': type } })))
  const response = await ask('/graphql', asked === undefined ? {} : { body: JSON.stringify({ query: asked }) })
  mock.restoreAll()
  assert.equal(response.status, status)
  assert.equal(response.headers.get('content-type'), 'application/json')
  const [error] = ((await response.json()) as Errors).errors
  assert.ok(error)
  return error
}

test('a problem of RFC 9457 keeps its words and the id of the error', async () => {
  const detail = '{"title":"Too many","detail":"Slow down"}'
  assert.equal((await answered(429, detail, 'application/problem+json')).message, 'Slow down')
  const { message, extensions } = await answered(500, '{"title":"Internal error","errorId":"abc"}', 'application/problem+json')
  assert.match(message, /Actas made a mistake/)
  assert.equal(extensions.errorId, 'abc')
})

test('what stands before the server, and an empty answer, are told for what they are', async () => {
  assert.match((await answered(502, '<html>Bad gateway</html>', 'text/html')).message, /gateway or proxy in front of Actas/)
  assert.match((await answered(200, '{}', 'application/json')).message, /no answer of Actas/)
  assert.match((await answered(200, '', 'text/plain')).message, /no answer of Actas/)
})

test('that nothing is done twice is told to who changes something, and not to who reads', async () => {
  const html = ['<html></html>', 'text/html'] as const
  assert.match((await answered(504, ...html, 'mutation End { end }')).message, /nothing is done twice/)
  assert.doesNotMatch((await answered(504, ...html, '{ viewer { id } }')).message, /twice/)
  assert.doesNotMatch((await answered(200, ...html, 'query Tenant { mutation }')).message, /twice/)
})

test('an answer of GraphQL is passed on as it is', async () => {
  const body = '{"data":null,"errors":[{"message":"No","extensions":{"code":"UNAUTHENTICATED"}}]}'
  assert.equal((await answered(401, body, 'application/json')).message, 'No')
})

test('what nobody answered fails', async () => {
  mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await assert.rejects(ask('/graphql'), TypeError)
  mock.restoreAll()
})

const silent = (_: unknown, init?: RequestInit) =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))

test('what stays without an answer for a minute is told, and may be done again', async () => {
  mock.method(globalThis, 'fetch', silent)
  const minute = new AbortController()
  const limit = mock.method(AbortSignal, 'timeout', () => minute.signal)
  const asked = ask('/graphql', { body: '{"query":"mutation End { end }"}', signal: new AbortController().signal })
  minute.abort()
  const { errors } = (await (await asked).json()) as Errors
  assert.match(errors[0]?.message ?? '', /took too long to answer. Try again: nothing is done twice/)
  assert.deepEqual(limit.mock.calls[0]?.arguments, [60_000])
  mock.restoreAll()
})

test('what is only read may take as long as it takes', async () => {
  const limit = mock.method(AbortSignal, 'timeout', () => AbortSignal.abort())
  mock.method(globalThis, 'fetch', () => Promise.resolve(new Response('{"data":{}}')))
  assert.equal((await ask('/graphql', { body: '{"query":"query Check { check }"}' })).status, 200)
  assert.equal(limit.mock.callCount(), 0)
  mock.restoreAll()
})

test('what is asked for no more is no silence', async () => {
  mock.method(globalThis, 'fetch', (_: unknown, init?: RequestInit) => Promise.reject(init?.signal?.reason as Error))
  const left = AbortSignal.abort(new DOMException('left', 'AbortError'))
  const body = '{"query":"mutation End { end }"}'
  await assert.rejects(ask('/graphql', { body, signal: left }), { name: 'AbortError' })
  mock.restoreAll()
})
