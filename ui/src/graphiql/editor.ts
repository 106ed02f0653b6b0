import type { editor } from 'monaco-editor'

export const EDITOR_THEMES = { light: 'actas-light', dark: 'actas-dark' }
const CLEAR = '#00000000'

const rule = (token: string, colour: string) => ({ token, foreground: colour.slice(1) })

/** A colour of ../theme/tokens.css, in the scheme that the page wears: the editor takes no custom properties. */
const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

/** Blue for words of the language and for what can be followed, green for types and texts; amber stays a live impersonation. */
export function themeOf(scheme: 'light' | 'dark'): editor.IStandaloneThemeData {
  const [ink, muted, hairline, raised] = [token('ink'), token('muted'), token('hairline'), token('hover')]
  const [blue, blueWash, green] = [token('blue-ink'), token('blue-wash'), token('green-ink')]
  return {
    base: scheme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('', ink),
      rule('comment', muted),
      rule('keyword', blue),
      rule('key', ink),
      rule('type.identifier', green),
      rule('argument.identifier', blue),
      rule('operator', muted),
      rule('delimiter', muted),
      rule('annotation', muted),
      rule('string', green),
      rule('string.key.json', blue),
      rule('string.value.json', green),
      rule('number', blue),
      rule('keyword.json', muted),
    ],
    colors: {
      'editor.background': CLEAR,
      'editor.foreground': ink,
      'editor.selectionBackground': blueWash,
      'editorCursor.foreground': ink,
      'editorBracketHighlight.foreground1': muted,
      'editorBracketHighlight.foreground2': muted,
      'editorBracketHighlight.foreground3': muted,
      'editorLineNumber.foreground': muted,
      'editorLineNumber.activeForeground': ink,
      'editorLineNumber.dimmedForeground': muted,
      'editorIndentGuide.background1': hairline,
      'editorWidget.background': raised,
      'editorWidget.border': hairline,
      'editorHoverWidget.background': raised,
      'editorSuggestWidget.background': raised,
      'editorSuggestWidget.selectedBackground': blueWash,
      'editorSuggestWidget.selectedForeground': ink,
      'editorSuggestWidget.highlightForeground': blue,
      'list.hoverBackground': blueWash,
      'list.highlightForeground': blue,
      'quickInput.background': raised,
      'menu.background': raised,
      'textLink.foreground': blue,
      focusBorder: blue,
      'scrollbar.shadow': CLEAR,
    },
  }
}
