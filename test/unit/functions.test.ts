import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { call } from '../../gateway/record/functions.ts'

const GATEWAY = join(import.meta.dirname, '../../gateway')
const sources = readdirSync(GATEWAY, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$|functions\/[a-z-]+\.sql$/.test(file))
  .map((file) => ({ file: basename(file), text: readFileSync(join(GATEWAY, file), 'utf8') }))
const functions = sources.filter(({ file }) => file.endsWith('.sql'))
const nameOf = (file: string): string => basename(file, '.sql').replaceAll('-', '_')

test('each file makes the one function that it is named after', () => {
  expect(functions.map(({ file }) => file)).toContain('append-leaves.sql')
  for (const { file, text } of functions)
    expect(
      text.match(/^create .*?\(/gm)?.map((line) => line.trim()),
      file,
    ).toEqual([`create or replace function ${nameOf(file)}(`])
})

test('nothing calls a function of the record by position', () => {
  const byPosition = new RegExp(
    `(?<!create or replace function )\\b(?:${functions.map(({ file }) => nameOf(file)).join('|')})\\((?!\\s*\\w+ => )`,
  )
  expect('select accept_messages($1)').toMatch(byPosition)
  expect(sources.filter(({ text }) => byPosition.test(text)).map(({ file }) => file)).toEqual([])
})

test('only append_leaves appends, and nothing computes an index from the log’s size', () => {
  const touching = /update log\b|insert into leaf\b|\bsize\b[^,()]*? from log\b/i
  expect('(select size - 1 from log)').toMatch(touching)
  const found = sources.filter(({ text }) => touching.test(text))
  // It closes the log and begins its successor, and leaves its size as it is.
  expect(found.map(({ file }) => file)).toEqual(['logs.ts', 'append-leaves.sql'])
  expect(found[0]?.text).not.toMatch(/set (?:[^']*, )?size =|insert into leaf/)
})

test('a call names each parameter, behind those of the statement around it', () => {
  expect(call('f', { b: 1, a: [2] }, 2)).toEqual({ sql: 'f(b => $3, a => $4)', values: [1, [2]] })
})
