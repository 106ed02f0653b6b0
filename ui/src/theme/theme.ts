import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const blue: MantineColorsTuple = [
  '#e8eff9',
  '#cfdef4',
  '#b3cbee',
  '#94baf5',
  '#76a3ea',
  '#5a8ce0',
  '#346bc6',
  '#2462c2',
  '#1d57b0',
  '#164690',
]
const red: MantineColorsTuple = [
  '#fbe9e6',
  '#f6cdc8',
  '#f0aca4',
  '#ff9487',
  '#e8786d',
  '#de6055',
  '#cf4438',
  '#c0352b',
  '#a8261c',
  '#861d15',
]
const amber: MantineColorsTuple = [
  '#fdf0d2',
  '#fbe3ad',
  '#f8d383',
  '#f6c560',
  '#f5b83d',
  '#f0ae33',
  '#d9961a',
  '#b67a0c',
  '#7d4e00',
  '#5f3b00',
]
const gray: MantineColorsTuple = [
  '#f8f6f2',
  '#f1eee8',
  '#e9e5dc',
  '#e3ded4',
  '#cfc8bb',
  '#aca395',
  '#8d8578',
  '#625c53',
  '#3f3a33',
  '#211e1a',
]
const dark: MantineColorsTuple = [
  '#ece6dc',
  '#cfc7ba',
  '#a89f92',
  '#7a7165',
  '#4a433b',
  '#332e28',
  '#24201c',
  '#1e1b17',
  '#171411',
  '#12100e',
]

export const theme = createTheme({
  colors: { blue, red, amber, gray, dark },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 6 },
  black: '#211e1a',
  white: '#fdfcf9',
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '6px', xl: '999px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: {
        centered: true,
        padding: 'lg',
        yOffset: '2dvh',
        transitionProps: { duration: 80 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 80 }, closeButtonProps: { 'aria-label': 'Close' } } },
    Menu: { defaultProps: { transitionProps: { duration: 60 }, shadow: 'none' } },
  },
})

/** Mantine's own surfaces drawn with our tokens, which carry both schemes. */
export const variables: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-anchor': 'var(--blue-ink)',
    '--mantine-color-error': 'var(--red-ink)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--edge)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--muted)',
    '--mantine-color-disabled-border': 'var(--hairline)',
  }
  return { variables: {}, light: tokens, dark: tokens }
}
