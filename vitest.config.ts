import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Workers and the processes that tests start load what Node has compiled before, and do not compile it again (test/support/process.ts).
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/passerelle/compiled')

const project = (name: string, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    // Long, for on a machine that others load as well everything takes a few times as long.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...extra,
  },
})

const services = { globalSetup: ['test/support/global-setup.ts'] }

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    // Most files wait more than they compute: for processes that start, for time-outs, for a browser.
    maxWorkers: 4,
    // On a machine that others load as well, one late answer must not hold back what is good; the report names what took two tries.
    retry: process.env.CI === undefined ? 0 : 1,
    // .ci/run reads how many passed.
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/passerelle/tests.json' }]],
    projects: [
      // Pure rules leave nothing behind: their files may share a worker, which loads each module once.
      project('unit', { isolate: false }),
      project('service', services),
      project('wire', services),
      project('attack', services),
      project('browser', services),
    ],
  },
})
