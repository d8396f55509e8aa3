import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMessage } from '../../gateway/core/reading.ts'
import { compileSchemas } from '../../gateway/core/schemas.ts'
import { loadSchemaFolder } from '../../gateway/schema-folder.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const examples = JSON.parse(files.published.get('1.0/referral.examples.json')?.toString('utf8') ?? '[]') as object[]
const example = { ...examples[0] }
const read = (payload: unknown) => readMessage(Buffer.from(JSON.stringify(payload)), schemas)

test('gives who, to whom and under which release, and keeps nothing of the body', () => {
  const reading = read(example)
  expect(reading).toMatchObject({ faults: [], envelope: { type: 'referral', schemaVersion: '1.0' } })
  expect(reading).not.toHaveProperty('envelope.body')
})

test('gives the faults of a body, those of a release that nobody knows among them', () => {
  expect(read({ ...example, body: {} })).toHaveProperty('faults.0.keyword', 'required')
  expect(read({ ...example, schemaVersion: '9.9' })).toMatchObject({ faults: [{ pointer: '/type' }] })
})

test('says why a payload says nothing, in plain data that another thread can be given', () => {
  const malformed = read({ ...example, id: 'x' })
  expect(malformed).toMatchObject({ malformed: { en: expect.any(String) }, errors: [{ pointer: '/id' }] })
  expect(structuredClone(malformed)).toEqual(malformed)
  expect(readMessage(Buffer.from('{'), schemas)).toMatchObject({ malformed: { en: expect.stringContaining('JSON') } })
})
