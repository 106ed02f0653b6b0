import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** GraphiQL, built by itself after the console: so nothing of its editor is in what the console loads, or cut to its measure. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '_static',
    emptyOutDir: false,
    assetsDir: 'assets',
    // See vite.config.ts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3_000,
    rolldownOptions: {
      input: 'graphiql.html',
      // Its icons are named, for those who hear them, after the functions that draw them.
      output: { keepNames: true },
      // The hints of React's compiler to itself, in packages that it went over already.
      onLog: (level, log, say) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') say(level, log)
      },
    },
  },
})
