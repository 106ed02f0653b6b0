import { kept } from '../kit/held.ts'

/** How close rows stand. */
export type Density = 'comfortable' | 'dense'

/** In pixels, as the style sheet has them (tokens.css): virtual rows must know before they are drawn. */
export const ROW: Record<Density, number> = { comfortable: 36, dense: 28 }

const density = kept<Density>('actas-density', ['comfortable', 'dense'], (word) => {
  document.documentElement.dataset['density'] = word
})

export const setDensity = density.set
export const useDensity = density.use
