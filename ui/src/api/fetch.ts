/**
 * Asks the server, and lets every answer be one of GraphQL's: what is none (the front door's RFC 9457, a gateway's page)
 * becomes an error in the words that it gave. Only what nobody answered is left to fail.
 */
export const ask: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const text = await response.text()
  const answer = objectIn(text)
  const { status, statusText, headers } = response
  const understood = 'data' in answer || Array.isArray(answer['errors'])
  const again = isChange(init?.body) ? 'Try again: nothing is done twice.' : 'Try again in a moment.'
  const body = understood ? text : JSON.stringify({ errors: [errorOf(status, answer, again)] })
  return new Response(body, { status, statusText, headers: understood ? headers : { 'content-type': 'application/json' } })
}

const BY_STATUS: Readonly<Record<number, string>> = {
  413: 'That is more than the server takes at once.',
  429: 'That was too often. Wait a little, then try again.',
  500: 'Actas made a mistake.',
  502: 'A gateway or proxy in front of Actas answered instead of Actas, which may be restarting.',
  503: 'Actas cannot work just now.',
  504: 'Actas took too long: a gateway or proxy in front of it answered instead.',
}
/** What says already whether to try again. */
const WHOLE = new Set([413, 429])

/** A repeat matters to who changes something; who only reads has nothing that could be done twice. */
const isChange = (body: unknown): boolean =>
  typeof body === 'string' && /^\s*mutation\b/.test(String(objectIn(body)['query']))

function errorOf(status: number, told: Readonly<Record<string, unknown>>, again: string): object {
  const said = (name: string) => (typeof told[name] === 'string' && told[name] ? told[name] : undefined)
  const known = BY_STATUS[status] ?? 'That was no answer of Actas: a gateway or proxy may have answered instead.'
  const message = said('detail') ?? (WHOLE.has(status) ? known : `${known} ${again}`)
  return { message, extensions: { code: said('code'), errorId: said('errorId') } }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
