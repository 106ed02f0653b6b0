/** How long what was told waits for more of its kind, in ms: each time that pages are drawn anew costs a frame. */
const WAIT = 100
/** How long pages may be kept from drawing, in ms; what is left has its turn after they have drawn. */
const AT_ONCE = 6
const FRAME = 16

let waiting: (() => void)[] = []
let due: ReturnType<typeof setTimeout> | undefined
let last = Number.NEGATIVE_INFINITY

/**
 * Runs what is given in the order given: at once where nothing ran lately, else together with what comes within a
 * moment, so that a page is drawn once for many events. Nothing waits for a frame: a page out of sight has none.
 */
export function bunch(run: () => void): void {
  waiting.push(run)
  due ??= setTimeout(turn, Math.max(0, last + WAIT - performance.now()))
}

function turn(): void {
  const began = performance.now()
  const all = waiting
  waiting = []
  let done = 0
  while (done < all.length && performance.now() - began < AT_ONCE) {
    try {
      all[done++]?.()
    } catch (error) {
      reportError(error)
    }
  }
  waiting = [...all.slice(done), ...waiting]
  last = performance.now()
  due = waiting.length > 0 ? setTimeout(turn, FRAME) : undefined
}
