/**
 * Gives each style element that a script makes the page's nonce. The editor makes some while it runs and has no setting for
 * it; with this the policy still refuses a style element that came in by markup.
 */
export function allowStyles(nonce: string): void {
  const create = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
}
