;(() => {
  const button = /** @type {HTMLButtonElement} */ (document.querySelector('button'))
  const problem = /** @type {HTMLElement} */ (document.querySelector('#problem'))

  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      const response = await fetch('/sign-out', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actas-csrf': '1' },
        body: '{}',
      })
      if (response.ok) {
        location.replace('/sign-in')
        return
      }
    } catch {
      // Offline: said below, like every other failure.
    }
    problem.textContent = 'Signing out did not work. Try again in a moment.'
    button.disabled = false
  })
})()
