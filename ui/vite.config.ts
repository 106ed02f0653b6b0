import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

import { barePages } from './vite.bare.ts'

/** Where `npm run dev` finds the API: a running `actas demo`, unless told otherwise. */
const api = process.env['ACTAS_CONSOLE_API'] ?? 'http://localhost:8000'

export default defineConfig({
  plugins: [react(), barePages()],
  build: {
    outDir: '_static',
    emptyOutDir: true,
    assetsDir: 'assets',
    // A data: URL would need font-src and img-src to allow data:, which the content security policy does not.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One style sheet: what a part of its own missed in an outage, Vite would not ask for again (src/kit/late.ts).
    cssCodeSplit: false,
    reportCompressedSize: true,
    // What every page shares is one file: as fifty small ones it is 14 kB more, and each is a request.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /ui\/src\/(api|frame|kit|theme)\// }] } } },
  },
  // `npm run dev` stands in front of that API as if it were its own origin, which is the only one that may call it.
  server: {
    proxy: {
      '/graphql': {
        target: api,
        ws: true,
        headers: { origin: api },
        bypass: ({ method, headers }) =>
          method === 'GET' && headers.accept?.includes('text/html') ? '/graphiql.html' : undefined,
      },
      '/sign-in': { target: api, headers: { origin: api } },
      '/sign-out': { target: api, headers: { origin: api } },
    },
  },
})
