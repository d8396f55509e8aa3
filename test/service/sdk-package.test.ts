import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EvidenceTrust } from '../../sdk/evidence/evidence.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { nodeOf } from '../support/nodes.ts'

/** The package as a partner gets it: packed, installed into an empty folder, and run on the Nodes that partners have. */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const PAGES = ['README.md', 'README.fr.md']

let gateway: TestGateway
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let nodes: Readonly<Record<string, string>>
const installed = (path: string): string => join(folder.path, 'node_modules/@passerelle/sdk', path)

beforeAll(async () => {
  folder = await temporaryFolder()
  const [started, node22, node24] = await Promise.all([startGateway(), nodeOf(22), nodeOf(24), install()])
  gateway = started
  nodes = { 22: node22, 24: node24, 26: process.execPath }
  await writeFile(join(folder.path, 'passerelle.json'), JSON.stringify(configurationOf('fr-rys')))
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

async function install(): Promise<void> {
  await run('npm', ['pack', '--workspace', 'sdk', '--pack-destination', folder.path], { cwd: ROOT })
  const [tarball = ''] = globSync('passerelle-sdk-*.tgz', { cwd: folder.path })
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  await run('npm', ['install', ...quiet, `./${tarball}`], { cwd: folder.path })
}

function configurationOf(agency: string) {
  const keys = join(gateway.pki.folder, 'agencies', agency)
  const pair = (use: string) => ({ certificate: join(keys, `${use}.crt`), key: join(keys, `${use}.key`) })
  const anchors = join(gateway.pki.folder, 'trust/ca.crt')
  return { gateway: gateway.url, agency, anchors, tls: pair('tls'), signing: pair('signing') }
}

/** The same trust without a key of ML-DSA-44 (type 0x06 of C2SP tlog-cosignature). */
function byEd25519({ logKeys, witnesses = [], ...trust }: EvidenceTrust): EvidenceTrust {
  const isEd25519 = (vkey: string): boolean => Buffer.from(vkey.split('+').slice(2).join('+'), 'base64')[0] !== 6
  return { ...trust, logKeys: logKeys.filter(isEd25519), witnesses: witnesses.filter(({ vkey }) => isEd25519(vkey)) }
}

/** The first program of a README, as it stands there. */
function firstProgram(page: string): string {
  return /```ts\n(.*?)```/s.exec(readFileSync(installed(page), 'utf8'))?.[1] ?? ''
}

test('the package has what it says, and nothing of the sources', async () => {
  const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as { dependencies: object }
  expect(Object.keys(manifest.dependencies)).toEqual(['jose', 'undici'])
  expect((await readdir(installed('.'))).toSorted()).toEqual([
    'LICENSE',
    'README.fr.md',
    'README.md',
    'bin',
    'dist',
    'package.json',
    'schemas',
  ])
  expect(globSync('**/*.ts', { cwd: installed('.') }).filter((path) => !path.endsWith('.d.ts'))).toEqual([])
})

test.each(PAGES)('the first program of %s fits on a screen, and compiles without options', async (page) => {
  const program = firstProgram(page)
  expect(program.split('\n').length).toBeLessThan(36)
  await writeFile(join(folder.path, `${page}.ts`), program)
  await run(process.execPath, [TSC, `${page}.ts`], { cwd: folder.path })
})

describe.each(['22', '24', '26'])('on Node %s', (major) => {
  test.each(major === '26' ? PAGES : PAGES.slice(0, 1))(
    'the first program of %s runs, and its receipt verifies',
    async (page) => {
      const program = join(folder.path, `on-${major}-${page}.js`)
      // The program has no annotations: as TypeScript it compiled above, and as JavaScript it is the same text.
      await writeFile(program, firstProgram(page).replaceAll(' as const', ''))
      const { stdout, stderr } = await run(nodes[major] ?? '', [program], { cwd: folder.path })
      expect(stdout).toMatch(/passerelle-development .*[0-9a-f]{8}-[0-9a-f]{4}-7/)
      expect(stderr).toBe('')
    },
  )

  test('a bundle is verified by both keys of the log; where ML-DSA-44 is not known that is said, or by Ed25519 alone where that is asked for', async () => {
    const vectors = join(ROOT, 'test/vectors/evidence/1')
    const trust = JSON.parse(await readFile(join(vectors, 'trust.json'), 'utf8')) as EvidenceTrust
    const judge = async (given: EvidenceTrust): Promise<string> => {
      const program = `
        import { readFileSync } from 'node:fs'
        import { verifyBundle } from '@passerelle/sdk/evidence'
        const bundle = readFileSync(${JSON.stringify(join(vectors, 'acknowledged.json'))})
        const said = await verifyBundle(bundle, ${JSON.stringify(given)}).then(({ story }) => story.fr, ({ name, code, text }) => [name, code, text.fr].join(' '))
        process.stdout.write(said)`
      const { stdout } = await run(nodes[major] ?? '', ['--input-type=module', '--eval', program], { cwd: folder.path })
      return stdout
    }
    const [whole, half] = await Promise.all([judge(trust), judge(byEd25519(trust))])
    expect(whole).toMatch(
      major === '22'
        ? /^SdkFault ml-dsa-not-supported Cette version de Node/
        : /signé par ses clés \(Ed25519, ML-DSA-44\)/,
    )
    expect(half).toMatch(/signé par ses clés \(Ed25519\)\..*par ML-DSA-44\u00a0: aucune clé de ce type/s)
  })

  test('cases of conformance are played against its own client, with nothing but what is installed', async () => {
    const node = nodes[major] ?? ''
    const words = [
      'conformance',
      '--role',
      'coordinator',
      '--client',
      `"${node}" "${installed('dist/conformance/own/main.js')}"`,
    ]
    const only = ['--only', 'retry-lost-answer', '--only', 'push-stranger']
    const { stdout } = await run(node, [installed('bin/passerelle.js'), ...words, ...only])
    expect(stdout).toContain('2 passed, 0 failed, 0 not tried')
  })

  test('the command line runs', async () => {
    const { stdout } = await run(nodes[major] ?? '', [installed('bin/passerelle.js'), 'help', '--lang', 'fr'])
    expect(stdout).toMatch(/passerelle/)
  })
})

test('a type that is misspelt, or a body of another type, does not compile', async () => {
  const program = firstProgram('README.md')
  const wrong = {
    typo: program.replace("type: 'referral'", "type: 'referal'"),
    body: program.replace("type: 'referral'", "type: 'outcome'"),
  }
  for (const [name, text] of Object.entries(wrong)) {
    await writeFile(join(folder.path, `${name}.ts`), text)
    const compiled = run(process.execPath, [TSC, '--noEmit', `${name}.ts`], { cwd: folder.path })
    await expect(compiled, name).rejects.toMatchObject({ stdout: expect.stringMatching(/not assignable/) as string })
  }
})

test('the browser half needs nothing of Node', () => {
  const seen = new Set<string>()
  const foreign = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g))
      if (name.startsWith('.')) visit(resolve(dirname(file), name))
      else foreign.add(name)
  }
  visit(installed('dist/browser.js'))
  expect([...foreign]).toEqual(['jose'])
  for (const file of seen) expect(readFileSync(file, 'utf8'), file).not.toMatch(/\b(?:Buffer|process|require)\b\s*[.(]/)
})

test('the browser half signs, verifies and validates in a browser, under a policy that lets no code be made', async () => {
  const keys = join(gateway.pki.folder, 'agencies/fr-rys')
  const [certificate, key] = await Promise.all(
    ['signing.crt', 'signing.key'].map((name) => readFile(join(keys, name), 'utf8')),
  )
  const [example] = JSON.parse(await readFile(installed('schemas/1.1/referral.examples.json'), 'utf8')) as object[]
  const program = `
    import { isolated } from '/isolated.js'
    import { makeSigner, openValidator, sha256, signEnvelope, verifyMessage } from '@passerelle/sdk/browser'
    import schemas from '/node_modules/@passerelle/sdk/schemas/1.1.json' with { type: 'json' }
    const example = ${JSON.stringify({ ...example, from: 'fr-rys' })}
    const certificate = ${JSON.stringify(certificate)}
    const signer = await makeSigner(certificate, ${JSON.stringify(key)})
    const message = await signEnvelope(example, signer, new Date())
    const published = { pem: certificate, thumbprint: signer.thumbprint, notBefore: '', notAfter: '', current: true }
    const directory = { agencies: [{ id: 'fr-rys', certificates: [published] }] }
    const read = await verifyMessage(message, directory, { from: 'fr-rys' })
    const forged = await verifyMessage(message.replace(/.{4}$/, 'AAAA'), directory).catch(({ code }) => code)
    const { validate } = openValidator(schemas)
    const faults = validate({ ...example, priority: 'soon' }).map(({ pointer, keyword }) => pointer + ' ' + keyword)
    document.title = JSON.stringify({ same: read.id === example.id, forged, good: validate(example).length, faults, isolated, hash: (await sha256('')).length })
  `
  const pages: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/isolated.js': [
      'text/javascript',
      "let made = 'none'\ntry { made = new Function('return 1')() } catch { made = 'forbidden' }\nexport const isolated = made",
    ],
    '/program.js': ['text/javascript', program],
    '/': [
      'text/html',
      `<!doctype html><script nonce="n" type="importmap">{"imports":{"jose":"/node_modules/jose/dist/webapi/index.js","@passerelle/sdk/browser":"/node_modules/@passerelle/sdk/dist/browser.js"}}</script><script type="module" src="/program.js"></script>`,
    ],
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const [type, body] = pages[path] ?? [path.endsWith('.json') ? 'application/json' : 'text/javascript', '']
    const content =
      pages[path] === undefined
        ? globSync(path.slice(1), { cwd: folder.path })
            .map((file) => readFileSync(join(folder.path, file)))
            .at(0)
        : body
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': type,
      'content-security-policy': "default-src 'none'; script-src 'self' 'nonce-n'; connect-src 'self'",
    })
    response.end(content)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (fault) => faults.push(fault.message))
    await page.goto(`http://localhost:${port}/`)
    await expect.poll(async () => (await page.title()) + faults.join(), { timeout: 15_000 }).not.toBe('')
    expect(faults).toEqual([])
    expect(JSON.parse(await page.title())).toEqual({
      same: true,
      forged: 'invalid-signature',
      good: 0,
      faults: ['/priority enum'],
      isolated: 'forbidden',
      hash: 43,
    })
  } finally {
    await browser.close()
    server.close()
  }
})
