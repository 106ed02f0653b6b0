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
  const body = understood ? text : JSON.stringify({ errors: [errorOf(status, answer)] })
  return new Response(body, { status, statusText, headers: understood ? headers : { 'content-type': 'application/json' } })
}

const BY_STATUS: Readonly<Record<number, string>> = {
  413: 'That is more than the server takes at once.',
  429: 'That was too often. Wait a little, then try again.',
  502: 'The server does not answer what stands before it: it may be restarting. Try again in a moment.',
  503: 'The server cannot work just now. Try again in a moment.',
  504: 'The server took too long. Try again: nothing is done twice.',
}

function errorOf(status: number, told: Readonly<Record<string, unknown>>): object {
  const said = (name: string) => (typeof told[name] === 'string' && told[name] ? told[name] : undefined)
  const own = `The server answered ${status}, with nothing that the console understands. Try again: nothing is done twice.`
  const message = said('detail') ?? BY_STATUS[status] ?? own
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
