import assert from 'node:assert/strict'
import { test } from 'node:test'

import { lineCounter } from './download.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('a line of CSV ends outside of quotes, wherever its pieces were cut', () => {
  const text = '"seq","summary"\r\n"1","said ""no"",\nthen left"\r\n"2","\n"\r\n'
  assert.equal(lineCounter(true)(bytes(text)), 3)
  const counted = lineCounter(true)
  assert.equal([...text].map((character) => counted(bytes(character))).at(-1), 3)
})

test('a quote of JSON opens nothing: no line of NDJSON goes on', () => {
  assert.equal(lineCounter(false)(bytes('{"said":"\\""}\n{}\n')), 2)
})
