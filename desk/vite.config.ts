import { defineConfig } from 'vite'
import { keepList } from './build.ts'

// Whoever builds it, in whatever environment, makes the same bytes.
process.env['NODE_ENV'] = 'production'

/** `npm run desk`: a folder of static files. */
// oxlint-disable-next-line import/no-default-export -- Vite reads its configuration from the default export
export default defineConfig({
  root: import.meta.dirname,
  base: '/desk/',
  publicDir: 'public',
  logLevel: 'warn',
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: ['node_modules'] } } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [keepList()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { desk: `${import.meta.dirname}/index.html`, worker: `${import.meta.dirname}/worker/worker.ts` },
      output: { entryFileNames: ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js') },
    },
  },
})
