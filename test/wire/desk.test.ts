import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOfKey } from '../../desk/keys/digest.ts'
import { requestCertificate } from '../../desk/keys/request.ts'
import { signMessage } from '../../sdk/index.ts'
import { thumbprintOf } from '../../sdk/keys.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** What docs/operating.md says of the desk, done as it stands there. */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const OPERATING = join(ROOT, 'docs/operating.md')
const DIST = join(ROOT, 'desk/dist')

let gateway: TestGateway
let temporary: TemporaryFolder
beforeAll(async () => {
  temporary = await temporaryFolder()
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
})
afterAll(async () => {
  await temporary?.remove()
  await gateway[Symbol.asyncDispose]()
})

/** The commands below a heading of the page, one block after the other. */
async function commandsOf(heading: string): Promise<readonly string[]> {
  const [, section = ''] = (await readFile(OPERATING, 'utf8')).split(`\n### ${heading}\n`)
  return [...(section.split('\n### ')[0] ?? '').matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block)
}

test('an authority signs a device’s request with OpenSSL, the registry pins it, and what the device signs is accepted', async () => {
  const at = (name: string): string => join(temporary.path, name)
  // As the desk does it: the key cannot be taken out.
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  await writeFile(at('signing-key.csr'), await requestCertificate('fr-rys', keys))
  for (const ending of ['crt', 'key'])
    await cp(join(gateway.pki.folder, `authority/intermediate.${ending}`), at(`intermediate.${ending}`))
  const [look = '', sign = ''] = await commandsOf("Signing a device's request")
  const { stdout } = await run('sh', ['-ec', look], { cwd: temporary.path })
  expect(stdout).toContain((await digestOfKey(keys.publicKey)).replaceAll(' ', ''))
  await run('sh', ['-ec', sign], { cwd: temporary.path })
  const pem = await readFile(at('signing-key.crt'), 'utf8')
  await gateway.changeRegistry((registry) => {
    for (const { id, certificates } of registry.agencies)
      if (id === 'fr-rys') (certificates as object[]).push({ use: 'signing', pem })
  })
  const signer = { alg: 'ES256', key: keys.privateKey, thumbprint: thumbprintOf(new X509Certificate(pem)) } as const
  await using rys = await openAgency(gateway, 'fr-rys')
  const message = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer, new Date())
  expect(await rys.client.submit(message)).toMatchObject({ state: 'accepted' })
})

test('what is served is compared with what was built: the same is silence, and a byte that differs is told', async () => {
  const [compare = ''] = await commandsOf('What is served can be compared')
  const folder = join(temporary.path, 'dist')
  await cp(DIST, folder, { recursive: true })
  const { folder: pki } = gateway.pki
  const commands = compare
    .replace('npm ci && cd desk/dist\n', '')
    .replaceAll('https://gateway.example:8443', gateway.url)
    .replaceAll(' tls.', ` ${pki}/agencies/fr-rys/tls.`)
    .replaceAll(' ca.crt', ` ${pki}/trust/ca.crt`)
  const told = async (): Promise<string> => {
    const { stdout, stderr } = await run('bash', ['-c', commands], { cwd: folder }).catch((error) => error)
    return stdout + stderr
  }
  expect(await told()).toBe('')
  await appendFile(join(folder, 'worker.js'), ' ')
  await appendFile(join(folder, 'index.html'), ' ')
  expect(await told()).toMatch(/EOF on - .*\n.*EOF on -/)
})

test('two builds of the same sources are the same, byte for byte, wherever they are made', async () => {
  const out = join(temporary.path, 'built')
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  await run(process.execPath, [vite, 'build', 'desk', '--config', 'desk/vite.config.ts', '--outDir', out], {
    cwd: ROOT,
  })
  for (const name of ['SHA256SUMS', 'worker.js'])
    expect(await readFile(join(out, name), 'utf8')).toBe(await readFile(join(DIST, name), 'utf8'))
})
