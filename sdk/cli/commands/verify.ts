import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { base64url } from 'jose'
import { digestOf } from '../../keys.ts'
import type { Text } from '../../problem.ts'
import { isObject, parseJson } from '../../shape.ts'
import { verifyAcknowledgement, verifyMessage, verifyReceipt } from '../../verify.ts'
import type { Command } from '../command.ts'
import { eventWords } from '../events.ts'
import { CommandFault, exits } from '../exit.ts'
import { verifyEvidence } from '../bundle.ts'
import { type Published, readPublished } from '../published.ts'

type Kind = keyof typeof kinds
type Shown = { readonly kind: Kind; readonly by: string; readonly says: object }

const kinds = {
  receipt: { en: 'a receipt', fr: 'un récépissé' },
  message: { en: 'a message', fr: 'un message' },
  acknowledgement: { en: 'an acknowledgement', fr: 'un accusé de réception' },
} as const satisfies Record<string, Text>

export const verify: Command = {
  name: 'verify',
  means: {
    en: 'Says whether a receipt, a message, an acknowledgement or an evidence bundle is genuine: off line, with the certificates and keys that published has kept.',
    fr: 'Dit si un récépissé, un message, un accusé de réception ou un dossier de preuve est authentique\u00a0: hors ligne, avec les certificats et les clés que published a conservés.',
  },
  takes: 'FILE',
  count: [1, 1],
  options: {
    published: {
      value: 'FILE',
      short: 'p',
      means: {
        en: 'the certificates (published.json beside the configuration)',
        fr: 'les certificats (published.json à côté de la configuration)',
      },
    },
    trust: {
      value: 'FILE',
      short: 't',
      means: {
        en: 'of a bundle: anchors, logKeys, witnesses and quorum, from elsewhere than the bundle',
        fr: 'pour un dossier de preuve\u00a0: anchors, logKeys, witnesses et quorum, d’une autre source que lui',
      },
    },
    html: {
      value: 'FILE',
      means: {
        en: 'of a bundle: what it proves, as a page',
        fr: 'pour un dossier de preuve\u00a0: ce qu’il prouve, sur une page',
      },
    },
    message: {
      value: 'FILE',
      short: 'm',
      means: {
        en: 'the signed message that a receipt or an acknowledgement must be about',
        fr: 'le message signé dont doit parler le récépissé ou l’accusé de réception',
      },
    },
  },
  example: 'passerelle verify referral.receipt.jose --message referral.jose',
  completes: 'files',
  async run(call) {
    const [path = ''] = call.words
    const { terminal } = call
    const text = (await readFile(path, 'utf8')).trim()
    const kept = call.value('published') ?? join(dirname(call.configurationPath()), 'published.json')
    if (text.startsWith('{')) return verifyEvidence(call, text, () => readPublished(kept))
    const published = await readPublished(kept)
    const messageFile = call.value('message')
    const message = messageFile === undefined ? undefined : (await readFile(messageFile, 'utf8')).trim()
    const { kind, by, says } = await verified(typeOf(text), text, published, message)
    terminal.say({
      en: `${terminal.paint.good('✓')} genuine: ${kinds[kind].en}, signed by ${by}`,
      fr: `${terminal.paint.good('✓')} authentique\u00a0: ${kinds[kind].fr}, signé par ${by}`,
    })
    for (const [name, value] of Object.entries(says))
      if (typeof value !== 'object') terminal.say(`  ${name}: ${String(value)}`)
    if ('event' in says) terminal.say(`  ${terminal.of(eventWords[says.event as keyof typeof eventWords])}`)
    terminal.json({ genuine: true, kind, by, says })
    return exits.done
  },
}

async function verified(
  typ: unknown,
  text: string,
  { wellKnown, directory }: Published,
  message?: string,
): Promise<Shown> {
  if (typ === 'delivery-receipt+jws') {
    const { acknowledgement: _, ...says } = await verifyReceipt(
      text,
      wellKnown,
      directory,
      message === undefined ? {} : { message },
    )
    return { kind: 'receipt', by: wellKnown.id, says }
  }
  if (typ === 'safeguarding-message+jws') {
    const { body: _, attachments: __, ...says } = await verifyMessage(text, directory)
    return { kind: 'message', by: says.from, says }
  }
  if (typ === 'safeguarding-acknowledgement+jws' && message !== undefined) {
    const { to, id } = await verifyMessage(message, directory)
    const messageDigest = digestOf(message)
    return {
      kind: 'acknowledgement',
      by: to,
      says: await verifyAcknowledgement(text, directory, { by: to, messageId: id, messageDigest }),
    }
  }
  throw new CommandFault(exits.invalid, {
    en: 'This is no receipt, message or acknowledgement (an acknowledgement is verified with --message).',
    fr: 'Ce n’est ni un récépissé, ni un message, ni un accusé de réception (un accusé se vérifie avec --message).',
  })
}

/** The `typ` that the header of a JWS says, undefined where it is none. */
function typeOf(text: string): unknown {
  try {
    const header = parseJson(base64url.decode(text.split('.', 1)[0] ?? ''))
    return isObject(header) ? header['typ'] : undefined
  } catch {
    return undefined
  }
}
