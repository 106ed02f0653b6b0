import { CHANGE_HEADERS, signInLost } from '../api/signin.ts'

type Load<Part> = () => Promise<Part>

const parts: Load<unknown>[] = []
const PAUSE = 2_000

/**
 * For a part of the console that is fetched when it is needed. Whoever asks for such parts asks once and takes no for an
 * answer; while there is no server it is waited for. What fails is only what the server has no more: the console was
 * updated.
 */
export function late<Part>(load: Load<Part>): Load<Part> {
  const get = () => patiently(load)
  parts.push(get)
  return get
}

/** Fetches every part, one after the other: from then on neither an outage nor an update is in the way of going on. */
export async function fetchParts(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- nobody waits for them, and what somebody waits for comes first
  for (const get of parts) await get().catch(() => undefined)
}

async function patiently<Part>(load: Load<Part>): Promise<Part> {
  try {
    return await load()
  } catch {
    if (await isServed()) return await load()
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    return await patiently(load)
  }
}

/** Whether the server answers. Strangers get no files either: without a sign-in this page is left. */
async function isServed(): Promise<boolean> {
  try {
    const body = JSON.stringify({ query: '{ __typename }' })
    const { ok, status } = await fetch('/graphql', { method: 'POST', headers: CHANGE_HEADERS, body })
    if (status === 401) signInLost()
    return ok
  } catch {
    return false
  }
}
