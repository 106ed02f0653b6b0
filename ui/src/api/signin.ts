let leaving = false

/** The sign-in is over: to the sign-in page, and back to this very view afterwards. */
export function signInLost(): void {
  if (leaving) return
  leaving = true
  const here = location.pathname + location.search
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
}

/** Ends the sign-in and, with it, every session that was started in it. */
export async function signOut(): Promise<void> {
  const response = await fetch('/sign-out', { method: 'POST', headers: CHANGE_HEADERS, body: '{}' })
  if (!response.ok && response.status !== 401) throw new Error('Signing out did not work. Try again in a moment.')
  leaving = true
  location.assign('/sign-in')
}

/** Set by script only, so that another site's form cannot send it. */
export const CHANGE_HEADERS = { 'content-type': 'application/json', 'x-actas-csrf': '1' }
