import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProcess } from '../support/process.ts'

const LOGGER = join(import.meta.dirname, '../../gateway/logger.ts')

/** What a process writes that logs the value of this expression as an error. */
async function logged(expression: string): Promise<Record<string, unknown> & { err: Record<string, string> }> {
  const script = `import { createLog } from ${JSON.stringify(LOGGER)}
    const fail = (work) => { try { return work() } catch (error) { return error } }
    createLog().error({ err: ${expression}, messageId: 'the id' }, 'what happened')`
  const { stdout, stderr } = await runProcess(['--input-type=module', '--eval', script])
  expect(stdout).toBe('')
  expect(stderr).not.toContain('secret')
  return JSON.parse(stderr) as Record<string, unknown> & { err: Record<string, string> }
}

test('an error is logged by kind, code and place, on standard error', async () => {
  const line = await logged(`Object.assign(new TypeError('secret'), { code: 'E_CODE' })`)
  expect(line).toMatchObject({
    level: 50,
    messageId: 'the id',
    msg: 'what happened',
    err: { kind: 'TypeError', code: 'E_CODE' },
  })
  expect(line.err['at']).toMatch(/^at /)
})

test.each([
  ['a message of several lines', `new Error('first\\nsecret second\\n    at secret (file.ts:1:1)')`],
  ['what a parser quotes', `fail(() => JSON.parse('{"name":\\n"secret"\\n x}'))`],
  [
    'a message that was changed afterwards',
    `Object.assign(new Error('secret'), { message: 'secret too\\n  at secret' })`,
  ],
  ['a name that quotes', `Object.assign(new Error('x'), { detail: 'secret', where: 'secret' })`],
  ['a cause', `new Error('x', { cause: new Error('secret') })`],
  ['several', `new AggregateError([new Error('secret')], 'secret')`],
  ['no error at all', `'secret'`],
  ['an object', `({ secret: 'secret' })`],
  [
    'a database’s',
    `Object.assign(new Error('secret'), { code: '23505', detail: 'Key (name)=(secret)', query: 'secret', parameters: ['secret'] })`,
  ],
])('%s is not quoted', async (_what, expression) => {
  expect(await logged(expression)).toMatchObject({ msg: 'what happened' })
})
