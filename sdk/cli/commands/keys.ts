import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Algorithm } from '../../jws.ts'
import { thumbprintOf } from '../../keys.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, type Exit, exits } from '../exit.ts'
import { writePrivate } from '../messages.ts'
import { makePkcs12 } from '../pkcs12.ts'
import { request } from '../request.ts'

const ALGORITHMS: readonly Algorithm[] = ['ES256', 'ES384', 'PS256', 'EdDSA']
const AGENCY = /^(?=.{1,64}$)(?:fr|gb)(?:-[a-z0-9]+)+$/
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const USES = ['tls', 'signing'] as const

export const keys: Command = {
  name: 'keys',
  means: {
    en: 'Makes an agency’s two keys and the requests for their certificates; takes the certificates that come back; makes a .p12 for a browser. A key never leaves this machine.',
    fr: 'Crée les deux clés d’un organisme et les demandes de certificats\u202f; prend les certificats reçus\u202f; crée un .p12 pour un navigateur. Une clé ne quitte jamais cette machine.',
  },
  count: [0, 0],
  options: {
    agency: {
      value: 'ID',
      means: { en: 'makes keys and requests for this agency', fr: 'crée clés et demandes pour cet organisme' },
    },
    algorithm: {
      value: 'ALG',
      means: {
        en: `how messages are signed: ${ALGORITHMS.join(', ')} (ES256)`,
        fr: `comment les messages sont signés\u00a0: ${ALGORITHMS.join(', ')} (ES256)`,
      },
    },
    certificate: {
      value: 'FILE',
      isRepeated: true,
      means: {
        en: 'takes a certificate that came back; may be said twice',
        fr: 'prend un certificat reçu\u202f; peut être répété',
      },
    },
    p12: {
      means: {
        en: 'makes agency.p12 of the TLS key and certificate, and signing.p12 of the others',
        fr: 'crée agency.p12 avec la clé et le certificat TLS, et signing.p12 avec les autres',
      },
    },
    'password-file': {
      value: 'FILE',
      means: {
        en: 'its password; else one is made, in agency.p12.password',
        fr: 'son mot de passe\u202f; à défaut, un nouveau, dans agency.p12.password',
      },
    },
    out: { value: 'DIR', short: 'o', means: { en: 'the folder of the keys (keys)', fr: 'le dossier des clés (keys)' } },
  },
  example: 'passerelle keys --agency fr-rys --out keys',
  async run(call) {
    const folder = call.value('out') ?? 'keys'
    const certificates = call.values('certificate')
    const agency = call.value('agency')
    if (agency !== undefined) return make(call, folder, agency)
    if (certificates.length > 0) return take(call, folder, certificates)
    if (call.is('p12')) return p12(call, folder)
    throw new CommandFault(exits.usage, {
      en: 'Say --agency, --certificate or --p12.',
      fr: 'Indiquer --agency, --certificate ou --p12.',
    })
  },
}

async function make(call: Call, folder: string, agency: string): Promise<Exit> {
  const { terminal } = call
  const algorithm = ALGORITHMS.find((each) => each === (call.value('algorithm') ?? 'ES256'))
  if (!AGENCY.test(agency) || algorithm === undefined)
    throw new CommandFault(exits.usage, {
      en: `--agency is an id such as fr-rys; --algorithm is one of ${ALGORITHMS.join(', ')}`,
      fr: `--agency est un identifiant tel que fr-rys\u202f; --algorithm vaut ${ALGORITHMS.join(', ')}`,
    })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const use of USES)
    if (await exists(join(folder, `${use}.key`)))
      throw new CommandFault(exits.noInput, {
        en: `${join(folder, `${use}.key`)} is there already: another folder keeps it (--out)`,
        fr: `${join(folder, `${use}.key`)} existe déjà\u00a0: un autre dossier le préserve (--out)`,
      })
  const made: { use: string; request: string; publicKey: string }[] = []
  for (const use of USES) {
    const { key, request: csr, spki } = await request(use, agency, use === 'tls' ? 'ES256' : algorithm)
    await writeFile(join(folder, `${use}.key`), key, { mode: 0o600, flag: 'wx' })
    await writeFile(join(folder, `${use}.csr`), csr)
    made.push({ use, request: join(folder, `${use}.csr`), publicKey: spki })
    terminal.say(`${join(folder, `${use}.csr`)}\n  SHA-256 ${(spki.match(/.{4}/g) ?? []).join(' ')}`)
  }
  terminal.say({
    en: `\nThe keys stay in ${folder}, readable by you alone. Send both .csr to the operators of the gateway, and read them the\nnumbers above on the telephone: so they know that nobody has changed a request on its way. What comes back:\n  passerelle keys --certificate FILE --certificate FILE --out ${folder}`,
    fr: `\nLes clés restent dans ${folder}, lisibles par vous seul. Envoyer les deux .csr aux opérateurs de la passerelle, et leur\nlire au téléphone les nombres ci-dessus\u00a0: ils sauront ainsi que nul n’a changé une demande en chemin. Au retour\u00a0:\n  passerelle keys --certificate FICHIER --certificate FICHIER --out ${folder}`,
  })
  terminal.json({ folder, requests: made })
  return exits.done
}

/** Puts each certificate beside the key that it is for. */
async function take(call: Call, folder: string, files: readonly string[]): Promise<Exit> {
  const { terminal } = call
  const taken: { use: string; thumbprint: string; notAfter: string }[] = []
  for (const file of files) {
    const pem = await readFile(file, 'utf8')
    const [leaf] = pem.match(CERTIFICATES) ?? []
    if (leaf === undefined)
      throw new CommandFault(exits.invalid, {
        en: `${file}: no certificate in PEM`,
        fr: `${file}\u00a0: pas de certificat PEM`,
      })
    const certificate = new X509Certificate(leaf)
    const use = await useOf(folder, certificate)
    if (use === undefined)
      throw new CommandFault(exits.invalid, {
        en: `${file} belongs to no key in ${folder}: it was made for another request`,
        fr: `${file} ne correspond à aucune clé de ${folder}\u00a0: il a été établi pour une autre demande`,
      })
    await writeFile(join(folder, `${use}.crt`), pem)
    const notAfter = new Date(certificate.validTo).toISOString()
    taken.push({ use, thumbprint: thumbprintOf(certificate), notAfter })
    terminal.say({
      en: `${join(folder, `${use}.crt`)}: good until ${notAfter}`,
      fr: `${join(folder, `${use}.crt`)}\u00a0: valable jusqu’au ${notAfter}`,
    })
  }
  terminal.json({ certificates: taken })
  return exits.done
}

async function useOf(folder: string, certificate: X509Certificate): Promise<(typeof USES)[number] | undefined> {
  for (const use of USES) {
    const key = await readFile(join(folder, `${use}.key`)).catch(() => undefined)
    if (key !== undefined && certificate.checkPrivateKey(createPrivateKey(key))) return use
  }
  return undefined
}

/** Of the TLS key, for a browser; and of the signing key, for a desk, where its certificate is there. */
async function p12(call: Call, folder: string): Promise<Exit> {
  const { terminal } = call
  const file = call.value('password-file')
  const password = file === undefined ? randomBytes(12).toString('base64url') : (await readFile(file, 'utf8')).trim()
  const where = file ?? join(folder, 'agency.p12.password')
  const path = join(folder, 'agency.p12')
  await writePrivate(path, await bundle(folder, 'tls', password))
  const signing = join(folder, 'signing.p12')
  const signs = await exists(join(folder, 'signing.crt'))
  if (signs) await writePrivate(signing, await bundle(folder, 'signing', password))
  if (file === undefined) await writePrivate(where, `${password}\n`)
  for (const made of signs ? [path, signing] : [path])
    terminal.say({
      en: `${made} is made; its password is in ${where}`,
      fr: `${made} est créé\u202f; son mot de passe est dans ${where}`,
    })
  terminal.json({ p12: path, ...(signs && { signing }), password: where })
  return exits.done
}

async function bundle(folder: string, use: (typeof USES)[number], password: string): Promise<Buffer> {
  const key = createPrivateKey(await readFile(join(folder, `${use}.key`))).export({ type: 'pkcs8', format: 'der' })
  const pems = (await readFile(join(folder, `${use}.crt`), 'utf8')).match(CERTIFICATES) ?? []
  const chain = pems.map((pem) => new X509Certificate(pem).raw)
  return makePkcs12(key, chain, { name: use === 'tls' ? 'passerelle' : 'passerelle signing', password })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
