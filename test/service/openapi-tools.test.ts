import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { typeCheck } from '../support/type-check.ts'

/** The API descriptions against the tools that partners have: a linter, and a generator of clients. */

const ROOT = join(import.meta.dirname, '../..')
const fileOf = (name: string): string => join(ROOT, 'docs/openapi', `${name}.json`)

// It would import TypeScript 5 by the name of the project's own.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier === 'typescript' && context.parentURL?.includes('/openapi-typescript/')
        ? new URL('../support/typescript-5.ts', import.meta.url).href
        : specifier,
      context,
    ),
})

describe.each(['agency', 'operations'])('the description of the %s listener', (name) => {
  test('Redocly’s strictest rules find nothing', async () => {
    const words = ['lint', '--extends', 'recommended-strict', '--format', 'json', fileOf(name)]
    const lint = spawn(process.execPath, [join(ROOT, 'node_modules/@redocly/cli/bin/cli.js'), ...words], {
      env: { PATH: process.env['PATH'], REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [said, ended] = await Promise.all([text(lint.stdout), once(lint, 'close')])
    expect(JSON.parse(said)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] })
    expect(ended[0]).toBe(0)
  })

  test('a client’s types are made from it, and a client compiles by them', async () => {
    const { default: generate, astToString } = await import('openapi-typescript')
    const types = astToString(await generate(pathToFileURL(fileOf(name)), { alphabetize: true }))
    expect(await typeCheck(`${types}\n${CLIENTS[name]}`)).toEqual([])
  })
})

test('a client that misspells, or forgets, does not compile', async () => {
  const { default: generate, astToString } = await import('openapi-typescript')
  const types = astToString(await generate(pathToFileURL(fileOf('agency'))))
  const wrong = `export const code: components['schemas']['Problem']['code'] = 'malformed-mesage'
export const accepted: components['schemas']['Accepted'] = { messageId: '', state: 'accepted' }
export const path: keyof paths = '/v1/mesages'`
  expect(await typeCheck(`${types}\n${wrong}`)).toHaveLength(3)
})

/** What a program does with the types: it names calls, reads answers and tells refusals apart. */
const CLIENTS: Readonly<Record<string, string>> = {
  agency: `
type Submit = operations['submitMessage']
export const body: Submit['requestBody']['content']['application/jose'] = 'header.payload.signature'
type Answer = Submit['responses'][202]
export const receiptOf = (answer: Answer['content']['application/json']): string => answer.receipt
export const locationOf = (answer: Answer): string => answer.headers.Location
export const retryAfter = (answer: components['responses']['RateLimited']): number => answer.headers['Retry-After']
export const pointers = (problem: components['schemas']['Problem']): string[] => (problem.errors ?? []).map((one) => one.pointer)
export const isUrgent = (envelope: components['schemas']['Envelope']): boolean => envelope.priority === 'urgent'
export const pushed: webhooks['message']['post']['parameters']['header']['Passerelle-From'] = 'gb-ctac'
export const query: NonNullable<operations['listInbox']['parameters']['query']> = { limit: 50, wait: 30 }
`,
  operations: `
type Overview = components['schemas']['Overview']
export const waiting = (overview: Overview): number => overview.agencies.reduce((sum, one) => sum + one.waiting.immediate, 0)
export const why: operations['discardMessage']['requestBody']['content']['application/json'] = { reason: 'x', code: 'sent-again' }
`,
}
