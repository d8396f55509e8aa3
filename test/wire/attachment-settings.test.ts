import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { problems } from '../../gateway/protocol/problems.ts'
import { makeQuestion, makeText, put, submit } from '../support/attached.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

let gateway: TestGateway
let ctac: RawClient
let rys: RawClient
let signer: Signer

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_ATTACHMENT_QUOTA: '100000' })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
})

afterAll(async () => {
  for (const client of [ctac, rys]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

test('an agency that has put all that it may is told so, in both languages and by every process, until a message names it', async () => {
  const another = await gateway.startAnother()
  using elsewhere = await openRawAs(gateway, 'agencies/gb-ctac/tls', { url: another.url })
  const [first, second] = [makeText(60_000), makeText(60_000)]
  expect((await put(ctac, first)).status).toBe(201)
  expect(expectProblem(await put(ctac, second), 'attachment-quota').title).toBe(problems['attachment-quota'].title.en)
  const french = expectProblem(await put(elsewhere, second, { 'accept-language': 'fr' }), 'attachment-quota')
  expect(french.title).toBe(problems['attachment-quota'].title.fr)
  expect((await put(rys, second)).status).toBe(201)
  expect((await submit(ctac, makeQuestion([first]), signer)).status).toBe(202)
  expect((await put(elsewhere, second)).status).toBe(201)
})

test('what no message names in time is gone, and counted', async () => {
  await using brief = await startGateway({ PASSERELLE_ATTACHMENT_GRACE: 'PT1S' })
  using agency = await openRawAs(brief, 'agencies/gb-ctac/tls')
  const own = await readSigner(brief.pki.folder, 'agencies/gb-ctac/signing')
  const paper = makeText(1_000)
  expect((await put(agency, paper)).status).toBe(201)
  await until(async () => {
    const { text } = await askOperations(brief, '/metrics')
    return Number(/^passerelle_attachments_forgotten_total (\d+)/m.exec(text)?.[1]) === 1
  })
  expectProblem(await submit(agency, makeQuestion([paper]), own), 'attachment-missing')
  expect((await put(agency, paper)).status).toBe(201)
})
