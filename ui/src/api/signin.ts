import { keepTyped } from './typed.ts'

let leaving = false
let shut = false

/** The sign-in is over: to the sign-in page, and back to this very view afterwards, with what was being typed. */
export function signInLost(): void {
  if (leaving || shut) return
  leaving = true
  const here = location.pathname + location.search
  const over = keepTyped() ? 'typed' : 'yes'
  // What was read with the sign-in is not shown without it, however long the next page takes to come.
  document.documentElement.toggleAttribute('data-over', true)
  location.replace(`/sign-in?over=${over}&next=${encodeURIComponent(here)}`)
}

/** Without any role no answer comes either, but the page says so itself and stays; what was being typed is kept. */
export function noteAccess(any: boolean): void {
  if (!any) keepTyped()
  shut = !any
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
