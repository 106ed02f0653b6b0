/** A `ref` that gives the focus to what appears. */
export const focus = (element: HTMLElement | null): void => element?.focus()
