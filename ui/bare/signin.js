;(() => {
  const form = /** @type {HTMLFormElement} */ (document.querySelector('form'))
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'))
  const problem = /** @type {HTMLElement} */ (document.querySelector('#problem'))
  const password = /** @type {HTMLInputElement} */ (document.querySelector('#password'))

  const over = new URLSearchParams(location.search).get('over')
  if (over) {
    /** @type {HTMLElement} */ (document.querySelector('#over')).textContent =
      'Your sign-in is over. Sign in again to go on where you were.' + (over === 'typed' ? ' What you typed is kept.' : '')
  }

  /**
   * Where to go afterwards: a path of this very origin, else `/`. `//host`, `/\host` and a control character in
   * front of a slash all name other hosts to a browser, so the answer of its own URL parser decides.
   */
  function destination() {
    const next = new URLSearchParams(location.search).get('next') ?? '/'
    if (!/^\/(?![/\\])/.test(next)) return '/'
    const url = new URL(next, location.origin)
    return url.origin === location.origin ? url.pathname + url.search + url.hash : '/'
  }

  /** @param {Response} response */
  function explain(response) {
    if (response.status === 401) return 'Email or password is wrong.'
    if (response.status === 429) return 'Too many attempts. Wait a minute, then try again.'
    return 'Signing in did not work. Try again in a moment.'
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    button.disabled = true
    problem.textContent = ''
    try {
      const response = await fetch('/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actas-csrf': '1' },
        body: JSON.stringify(Object.fromEntries(new FormData(form))),
      })
      if (response.ok) {
        location.replace(destination())
        return
      }
      problem.textContent = explain(response)
    } catch {
      problem.textContent = 'The server cannot be reached. Check your connection, then try again.'
    }
    button.disabled = false
    password.select()
  })
})()
