import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { Plugin } from 'vite'

/**
 * The pages for people who may not see the console. They share nothing with it, so that they tell nothing of it.
 *
 * Sign-in has its script and style beside it under /sign-in/, the only files that a stranger can load. No access is one
 * file, since whoever gets it gets the same bytes for every path; its policy therefore names the hashes of what stands
 * inside, and `csp.json` has it for the server to send. Not entered is what an operator sees on the way to a workspace.
 */
export function barePages(): Plugin {
  return {
    name: 'bare-pages',
    generateBundle() {
      const emit = (fileName: string, source: string) => this.emitFile({ type: 'asset', fileName, source })
      const style = read('bare.css')

      const script = read('signin.js')
      const styleFile = `sign-in/${name(style)}.css`
      const scriptFile = `sign-in/${name(script)}.js`
      emit(styleFile, style)
      emit(scriptFile, script)
      const linked = `<link rel="stylesheet" href="/${styleFile}" />`
      emit('not-entered.html', read('not-entered.html').replace('<!-- style -->', linked))
      emit(
        'signin.html',
        read('signin.html')
          .replace('<!-- style -->', linked)
          .replace('<!-- script -->', `<script src="/${scriptFile}" defer></script>`),
      )

      const inside = read('no-access.js')
      emit(
        'no-access.html',
        read('no-access.html')
          .replace('<!-- style -->', () => `<style>${style}</style>`)
          .replace('<!-- script -->', () => `<script>${inside}</script>`),
      )
      emit('csp.json', `${JSON.stringify({ 'no-access.html': policy(inside, style) }, null, 2)}\n`)
    },
  }
}

const policy = (script: string, style: string) =>
  [
    "default-src 'none'",
    `script-src 'sha256-${hash(script, 'base64')}'`,
    `style-src 'sha256-${hash(style, 'base64')}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const read = (file: string) => readFileSync(new URL(`./bare/${file}`, import.meta.url), 'utf8')
const hash = (text: string, encoding: 'base64' | 'hex') => createHash('sha256').update(text).digest(encoding)
const name = (text: string) => hash(text, 'hex').slice(0, 12)
