import { held } from '../kit/held.ts'

const missed = held<number | undefined>(undefined)

/** When the console last found that it had missed events, and read everything anew; the browser's clock, ms. */
export const noteGap = missed.set
export const useGap = missed.use
