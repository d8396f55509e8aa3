import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProcess } from '../support/process.ts'

const LOGGER = join(import.meta.dirname, '../../gateway/base/logger.ts')

/** Expressions of what may be thrown, each with a secret in it that must not be in the log. */
const thrown = {
  'an error': `Object.assign(new TypeError('secret'), { code: 'E_CODE' })`,
  'a message of several lines': `new Error('first\\nsecret second\\n    at secret (file.ts:1:1)')`,
  'what a parser quotes': `fail(() => JSON.parse('{"name":\\n"secret"\\n x}'))`,
  'a message that was changed afterwards': `Object.assign(new Error('secret'), { message: 'secret too\\n  at secret' })`,
  'a name that quotes': `Object.assign(new Error('x'), { detail: 'secret', where: 'secret' })`,
  'a cause': `new Error('x', { cause: new Error('secret') })`,
  several: `new AggregateError([new Error('secret')], 'secret')`,
  'no error at all': `'secret'`,
  'an object': `({ secret: 'secret' })`,
  'a database’s': `Object.assign(new Error('secret'), { code: '23505', detail: 'Key (name)=(secret)', query: 'secret', parameters: ['secret'] })`,
}

/** A process of its own, for it is its standard error that counts; one for all, for it takes longer to start than to log. */
const written = runProcess([
  '--input-type=module',
  '--eval',
  `import { createLog } from ${JSON.stringify(LOGGER)}
   const fail = (work) => { try { return work() } catch (error) { return error } }
   const log = createLog()
   ${Object.values(thrown)
     .map((expression) => `log.error({ err: ${expression}, messageId: 'the id' }, 'what happened')`)
     .join('\n')}`,
])

type Line = Record<string, unknown> & { readonly err: Readonly<Record<string, string>> }

/** What was written of one of them. */
async function lineOf(what: string): Promise<{ text: string; line: Line }> {
  const { stdout, stderr } = await written
  expect(stdout).toBe('')
  const lines = stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(Object.keys(thrown).length)
  const text = lines[Object.keys(thrown).indexOf(what)] ?? ''
  return { text, line: JSON.parse(text) as Line }
}

test('an error is logged by kind, code and place, on standard error', async () => {
  const { line } = await lineOf('an error')
  expect(line).toMatchObject({
    level: 50,
    messageId: 'the id',
    msg: 'what happened',
    err: { kind: 'TypeError', code: 'E_CODE' },
  })
  expect(line.err['at']).toMatch(/^at /)
})

test.each(Object.keys(thrown))('%s is not quoted', async (what) => {
  const { text, line } = await lineOf(what)
  expect(line).toMatchObject({ msg: 'what happened' })
  expect(text).not.toContain('secret')
})
