import { execFile } from 'node:child_process'
import { chmod, copyFile, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exits } from '../../sdk/cli/exit.ts'
import { readReceipt } from '../support/receipts.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { passerelle } from '../support/passerelle.ts'

/** Each command against one running gateway: a referral and its answer, as two people at their terminals would do it. */

let gateway: TestGateway
let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string): string => join(folder.path, name)
const rys = (...words: string[]) => passerelle([...words, '--config', at('fr-rys.json')])
const ctac = (...words: string[]) => passerelle([...words, '--config', at('gb-ctac.json')])

beforeAll(async () => {
  ;[folder, gateway] = await Promise.all([temporaryFolder(), startGateway()])
  for (const id of ['fr-rys', 'gb-ctac']) {
    const identity = join(gateway.pki.folder, 'agencies', id)
    const words = ['configure', '--gateway', gateway.url, '--anchors', join(gateway.pki.folder, 'trust/ca.crt')]
    const { exit } = await passerelle([...words, '--identity', identity, '--config', at(`${id}.json`)])
    expect(exit).toBe(exits.done)
  }
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})
