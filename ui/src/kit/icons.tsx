import type { ReactNode } from 'react'

/** Drawn on 16 by 16, in the colour of the text beside them; a word always stands with them. */
const PATHS = {
  tenants: 'M2.5 13.5v-9l5.5-2 5.5 2v9M1.5 13.5h13M6 6h.01M10 6h.01M6 9h.01M10 9h.01M6.5 13.5v-2h3v2',
  live: 'M8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 13.3a7.5 7.5 0 0 1 0-10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6',
  ledger: 'M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2.5',
  braces:
    'M6.5 2.5H6A1.5 1.5 0 0 0 4.5 4v2.3L3 8l1.5 1.7V12A1.5 1.5 0 0 0 6 13.5h.5M9.5 2.5h.5A1.5 1.5 0 0 1 11.5 4v2.3L13 8l-1.5 1.7V12a1.5 1.5 0 0 1-1.5 1.5h-.5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.2 3.2',
  warning: 'M8 2.2 14.3 13H1.7L8 2.2ZM8 6.5v3M8 11.2h.01',
  check: 'm3 8.5 3.3 3.3L13 4.7',
  close: 'm4 4 8 8M12 4l-8 8',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  pencil: 'M3 13l.7-2.8L11 3l2 2-7.2 7.3L3 13Z',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  stop: 'M4 4h8v8H4z',
  clock: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM8 5v3.2l2.2 1.3',
  exit: 'M6.5 2.5h-4v11h4M6.5 8h7M10.8 5.2 13.5 8l-2.7 2.8',
  enter: 'M9.5 2.5h4v11h-4M2.5 8h7M6.8 5.2 9.5 8l-2.7 2.8',
  ban: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4',
  swap: 'M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13',
  person: 'M8 8a2.7 2.7 0 1 0 0-5.5A2.7 2.7 0 0 0 8 8ZM2.8 13.5c.5-2.4 2.5-3.8 5.2-3.8s4.7 1.4 5.2 3.8',
  key: 'M5.5 10.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8.5 7.5h5.5M12 7.5v2.5',
  hourglass: 'M4.5 2h7M4.5 14h7M5 2c0 3.5 3 4 3 6s-3 2.5-3 6M11 2c0 3.5-3 4-3 6s3 2.5 3 6',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5Z',
  screen: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  dot: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  dashed:
    'M8 2a6 6 0 0 1 3 .8M13.2 5a6 6 0 0 1 .8 3M13.2 11a6 6 0 0 1-2.2 2.2M8 14a6 6 0 0 1-3-.8M2.8 11A6 6 0 0 1 2 8M2.8 5A6 6 0 0 1 5 2.8',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M9 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  rows: 'M2 4h12M2 8h12M2 12h12',
  denseRows: 'M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h12',
  download: 'M8 2.5v8M4.8 7.6 8 10.8l3.2-3.2M2.5 13.5h11',
  plus: 'M8 3v10M3 8h10',
  chain: 'M2 6h5v4H2zM9 6h5v4H9zM5.5 8h5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      aria-hidden="true"
      fill="none"
      height={size}
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth={1.5}
      style={{ flex: 'none' }}
      viewBox="0 0 16 16"
      width={size}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
