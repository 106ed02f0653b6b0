/**
 * Asks the server, and lets every answer be one of GraphQL's: what is none (the front door's RFC 9457, a gateway's page)
 * becomes an error in the words that it gave, and so does a silence of a minute to who changes something. Only what
 * nobody was there to answer is left to fail.
 */
export const ask: typeof fetch = async (input, init) => {
  const change = isChange(init?.body)
  const { status, statusText, headers, text } = await (change ? withinLimit(input, init) : answerOf(input, init))
  const answer = objectIn(text)
  const understood = 'data' in answer || Array.isArray(answer['errors'])
  const again = change ? 'Try again: nothing is done twice.' : 'Try again in a moment.'
  const body = understood ? text : JSON.stringify({ errors: [errorOf(status, answer, again)] })
  return new Response(body, { status, statusText, headers: understood ? headers : { 'content-type': 'application/json' } })
}

type Answer = Pick<Response, 'status' | 'statusText' | 'headers'> & { text: string }

const LIMIT = 60_000
const SILENCE: Answer = { status: 504, statusText: '', headers: new Headers(), text: '' }

async function answerOf(input: RequestInfo | URL, init: RequestInit | undefined): Promise<Answer> {
  const response = await fetch(input, init)
  const { status, statusText, headers } = response
  return { status, statusText, headers, text: await response.text() }
}

/** A form waits for no longer than that; what is only read, as a long chain that is checked, takes its time. */
async function withinLimit(input: RequestInfo | URL, init: RequestInit | undefined): Promise<Answer> {
  const late = AbortSignal.timeout(LIMIT)
  const given = init?.signal
  try {
    return await answerOf(input, { ...init, signal: given ? AbortSignal.any([given, late]) : late })
  } catch (error) {
    if (late.aborted && !given?.aborted) return SILENCE
    throw error
  }
}

const BY_STATUS: Readonly<Record<number, string>> = {
  413: 'That is more than the server takes at once.',
  429: 'That was too often. Wait a little, then try again.',
  500: 'Actas made a mistake.',
  502: 'A gateway or proxy in front of Actas answered instead of Actas, which may be restarting.',
  503: 'Actas cannot work just now.',
  504: 'Actas took too long to answer.',
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
