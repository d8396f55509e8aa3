import { execFile } from 'node:child_process'
import { chmod, copyFile, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exits } from '../../sdk/cli/exit.ts'
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

/** A referral of an example's child, with its id. */
async function newReferral(name: string): Promise<string> {
  const { exit } = await rys('new', 'referral', '--example', '--to', 'gb-ctac', '--out', at(`${name}.json`))
  expect(exit).toBe(exits.done)
  return (JSON.parse(await readFile(at(`${name}.json`), 'utf8')) as { id: string }).id
}

test('a referral goes out with an attachment, is read, is signed for; every receipt verifies, off line too', async () => {
  const id = await newReferral('referral')
  await writeFile(at('scan.pdf'), '%PDF-1.4\n%%EOF\n')
  const attached = await rys('attach', at('scan.pdf'), '-d', 'A letter', '-m', at('referral.json'), '--json')
  expect(attached.json).toMatchObject({
    mediaType: 'application/pdf',
    size: 15,
    name: expect.stringMatching(/^attachment-.*\.pdf$/) as string,
  })

  const sent = await rys('send', at('referral.json'), '--json')
  expect(sent.json).toMatchObject({
    messageId: id,
    state: 'accepted',
    replayed: false,
    receipt: { event: 'SubmissionAcceptance' },
  })
  for (const name of ['referral.jose', 'referral.receipt.jose']) expect((await stat(at(name))).mode & 0o777).toBe(0o600)
  const again = await rys('send', at('referral.json'), '--json')
  expect(again.json).toMatchObject({ messageId: id, replayed: true })

  const listed = await ctac('inbox')
  expect(listed.out).toContain(id)
  const page = await ctac('read', 'fr-rys', id, '--attachments', at('got'), '--lang', 'fr')
  expect(page.out).toContain('Saisine du centre de conseil')
  expect(page.out).toMatch(/got\/[A-Za-z0-9_-]{43}\.pdf {2}A letter/)
  const signedFor = await ctac('acknowledge', 'fr-rys', id, '--json')
  expect(signedFor.json).toMatchObject({ state: 'handed-over', event: 'ContentHandover' })

  const receipts = await rys('receipts', id, '--json')
  expect(receipts.json).toMatchObject({ messageId: id, state: 'handed-over' })
  expect((await rys('receipts')).out.match(new RegExp(id, 'g'))?.length).toBe(3)
  expect((await rys('send', at('referral.json'), '--follow')).out).toContain('the recipient has signed for it')

  expect((await rys('published', '--out', at('published.json'))).exit).toBe(exits.done)
  const offLine = ['verify', at('referral.receipt.jose'), '--message', at('referral.jose')]
  expect((await rys(...offLine)).out).toContain('genuine: a receipt, signed by passerelle-development')
  expect((await rys('verify', at('referral.jose'), '--json')).json).toMatchObject({
    genuine: true,
    kind: 'message',
    by: 'fr-rys',
  })
  await copyFile(at('scan.pdf'), at('other.jose'))
  expect((await rys(...offLine.slice(0, 3), at('other.jose'))).exit).toBe(exits.invalid)
  const receipt = await readFile(at('referral.receipt.jose'), 'utf8')
  await writeFile(at('forged.jose'), receipt.replace(/.{4}$/, 'AAAA'))
  expect((await rys('verify', at('forged.jose'))).exit).toBe(exits.invalid)
})

test('the evidence of a message is kept by its sender and its recipient, and proves it off line', async () => {
  const id = await newReferral('proved')
  await rys('send', at('proved.json'))
  await ctac('acknowledge', 'fr-rys', id)
  // Within 10 s a checkpoint has its receipts (section 10).
  const asked = async () => (await rys('evidence', id, '--out', at('bundle.json'))).exit
  await expect.poll(asked, { timeout: 15_000, interval: 500 }).toBe(exits.done)
  expect((await ctac('evidence', 'fr-rys', id, '--out', at('theirs.json'))).exit).toBe(exits.done)
  await rys('published', '--out', at('published.json'))
  for (const name of ['bundle.json', 'theirs.json']) {
    const told = await rys('verify', at(name))
    expect(told.exit, told.err).toBe(exits.done)
    expect(told.out).toContain('fr-rys sent gb-ctac')
  }
  expect((await ctac('evidence', 'fr-rys', id, '--form', 'xml')).exit).toBe(exits.usage)
  expect((await rys('evidence', id, '--form', 'asic', '--out', at('one.asice'))).exit).toBe(exits.done)
  expect((await readFile(at('one.asice'))).toString('latin1', 38, 69)).toBe('application/vnd.etsi.asic-e+zip')
})

test('a recipient refuses with a code, and the sender sees which', async () => {
  const id = await newReferral('refused')
  await rys('send', at('refused.json'))
  expect((await ctac('acknowledge', 'fr-rys', id, '--refuse', 'nonsense')).exit).toBe(exits.usage)
  expect((await ctac('acknowledge', 'fr-rys', id, '--refuse', 'wrong-area', '--json')).json).toMatchObject({
    state: 'refused',
  })
  expect((await rys('receipts', id)).out).toContain('refused by the recipient')
})

test('what is signed goes out as it is; what is not valid, or not one’s own, does not get that far', async () => {
  const id = await newReferral('signed')
  expect((await rys('sign', at('signed.json'), '--out', at('ready.jose'))).exit).toBe(exits.done)
  expect((await rys('send', at('ready.jose'), '--json')).json).toMatchObject({ messageId: id })
  expect(await ctac('sign', at('signed.json'))).toMatchObject({ exit: exits.invalid })
  const message = JSON.parse(await readFile(at('signed.json'), 'utf8')) as object
  await writeFile(at('wrong.json'), JSON.stringify({ ...message, priority: 'soon' }))
  const refused = await rys('send', at('wrong.json'), '--lang', 'fr')
  expect(refused.exit).toBe(exits.invalid)
  expect(refused.err).toContain('/priority')
  // Other words under the id that was sent.
  await writeFile(at('ready.json'), JSON.stringify({ ...message, priority: 'routine' }))
  expect(await rys('send', at('ready.json'))).toMatchObject({
    exit: exits.invalid,
    err: expect.stringContaining('ready.jose') as string,
  })
})

test('what the gateway refuses is told with its code, and its own exit code', async () => {
  const { exit, err } = await rys('read', 'gb-ctac', '01a20ea6-f1d3-7208-81fb-96ee73443308')
  expect(exit).toBe(exits.refused)
  expect(err).toContain('not-found')
  expect((await rys('receipts', '--after', 'no-cursor')).exit).toBe(exits.refused)
})

test('inbox and receipts follow what comes, until they are interrupted', async () => {
  const stop = new AbortController()
  let out = ''
  const watching = passerelle(['inbox', '--follow', '--config', at('gb-ctac.json'), '--json'], {
    signal: stop.signal,
    out: { write: (text) => void (out += text) },
  })
  const id = await newReferral('followed')
  await rys('send', at('followed.json'))
  await expect.poll(() => out, { timeout: 10_000 }).toContain(id)
  stop.abort(new Error('enough'))
  await expect(watching).rejects.toThrow('enough')
})

test('doctor finds nothing wrong where nothing is, and says of each fault what to do', async () => {
  const well = await rys('doctor', '--json')
  const { findings } = well.json as { findings: { state: string }[] }
  expect(well.exit).toBe(exits.done)
  expect(findings.map(({ state }) => state)).toEqual(Array(findings.length).fill('good'))
  expect(findings.length).toBeGreaterThan(6)

  const late = await passerelle(['doctor', '--config', at('fr-rys.json')], {
    now: () => new Date(Date.now() + 600_000),
  })
  expect(late).toMatchObject({ exit: exits.configuration, out: expect.stringContaining('NTP') as string })
  const file = JSON.parse(await readFile(at('fr-rys.json'), 'utf8')) as { tls: object; signing: object }
  const tried = async (more: object, words: string[] = []) => {
    await writeFile(at('ill.json'), JSON.stringify({ ...file, ...more }), { mode: 0o600 })
    return passerelle(['doctor', '--config', at('ill.json'), ...words])
  }
  const rogue = (name: string) => ({
    certificate: join(gateway.pki.folder, `rogue/${name}.crt`),
    key: join(gateway.pki.folder, `rogue/${name}.key`),
  })
  expect(await tried({ gateway: 'https://localhost:1' })).toMatchObject({
    exit: exits.unreachable,
    out: expect.stringContaining('nothing listens') as string,
  })
  expect(await tried({ tls: rogue('revoked') })).toMatchObject({
    exit: exits.unreachable,
    out: expect.stringContaining('refused your TLS certificate') as string,
  })
  expect((await tried({ tls: rogue('expired') })).out).toContain('not good now')
  expect(await tried({ tls: rogue('unregistered') })).toMatchObject({
    exit: exits.refused,
    out: expect.stringContaining('ask the operators to pin it') as string,
  })
  expect((await tried({ signing: rogue('revoked-signing') })).out).toContain('was revoked')
  expect((await tried({ agency: 'gb-ctac' })).out).toContain('the signing certificate is that of fr-rys')
  expect((await tried({ anchors: join(gateway.pki.folder, 'agencies/fr-rys/tls.crt') })).out).toContain(
    'does not come from your anchor',
  )
})

test('a key that others may read is not used', async () => {
  const file = JSON.parse(await readFile(at('fr-rys.json'), 'utf8')) as { signing: { key: string } }
  await copyFile(join(folder.path, file.signing.key), at('open.key'))
  await chmod(at('open.key'), 0o644)
  await writeFile(at('open.json'), JSON.stringify({ ...file, signing: { ...file.signing, key: 'open.key' } }))
  const { exit, err } = await passerelle(['inbox', '--config', at('open.json')])
  expect(exit).toBe(exits.configuration)
  expect(err).toContain('chmod 600')
  await unlink(at('open.key'))
})

test('as a process: its exit code, and an output that nobody reads to its end', async () => {
  const run = promisify(execFile)
  const bin = join(import.meta.dirname, '../../sdk/bin/passerelle.js')
  await expect(run(process.execPath, [bin, 'nonsense'])).rejects.toMatchObject({ code: exits.usage })
  const piped = `"${process.execPath}" "${bin}" receipts --config "${at('fr-rys.json')}" | head -1`
  expect(await run('bash', ['-c', piped])).toMatchObject({ stderr: '' })
})
