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
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      '/graphql': { target: api, ws: true },
      '/sign-in': { target: api, bypass: (request) => (request.method === 'GET' ? request.url : undefined) },
      '/sign-out': { target: api },
    },
  },
})
