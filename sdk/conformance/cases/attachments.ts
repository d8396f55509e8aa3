/** Section 9: what goes with a message, and what pretends to. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { digestOf } from '../../keys.ts'
import { isObject } from '../../shape.ts'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { lastSubmitted, mustBeDone, mustHaveTaken } from '../checks.ts'
import type { Served } from '../exchange.ts'
import type { Stage } from '../stage.ts'
import { cut, cutAnswer } from '../steps.ts'

const base = { section: 9, rank: 'required', on: 'client' } as const
const TEXT = Buffer.from('A letter from a hospital (synthetic). Lettre d’un hôpital (fictive).\n')

const named = (over: object = {}) => ({
  digest: digestOf(TEXT),
  mediaType: 'text/plain',
  size: TEXT.length,
  name: 'letter.txt',
  description: 'A letter (synthetic)',
  ...over,
})

/** Delivers a message with one attachment; gives it and what the client has saved. */
async function exchange({ client, deliver }: Stage, of: object = {}, served: Partial<Served> = {}) {
  const attachment = named(of)
  const waiting = await deliver({
    envelope: { attachments: [attachment] },
    served: new Map([[attachment.digest, { bytes: TEXT, mediaType: 'text/plain', ...served }]]),
  })
  const taken = await client.receive()
  return { waiting, taken, saved: taken[0]?.attachments ?? [] }
}

/** The attachment was saved, and is what was sent. */
async function mustBeSaved(saved: readonly { readonly digest: string; readonly path: string }[]): Promise<void> {
  const [first] = saved
  must(first !== undefined, 'The client has saved no attachment.', 'Le client n’a enregistré aucune pièce jointe.')
  const bytes = await readFile(first.path)
  must(
    bytes.equals(TEXT),
    'The saved file has other bytes than were sent.',
    'Le fichier enregistré contient d’autres octets que ceux envoyés.',
  )
}

const hostile = (id: string, words: Pick<Case, 'title' | 'why'>, of: object, served: Partial<Served>): Case => ({
  ...base,
  ...words,
  id: `attachment-${id}`,
  async run(stage) {
    const { saved } = await exchange(stage, of, served)
    must(
      saved.length === 0,
      'The client hands over a file that is not what the sender named.',
      'Le client remet un fichier qui n’est pas celui que l’expéditeur a nommé.',
    )
  },
})

/** What a file system or a person takes for something else. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const BAD_NAME = /[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/

const badName = (id: string, name: string, words: Pick<Case, 'title' | 'why'>): Case => ({
  ...base,
  ...words,
  id: `attachment-name-${id}`,
  async run(stage) {
    const { saved } = await exchange(stage, { name })
    for (const { path } of saved) {
      const inside = relative(stage.folder, resolve(stage.folder, path))
      must(
        !inside.startsWith('..') && !BAD_NAME.test(basename(path)) && !inside.includes('etc'),
        'The client has saved it where, or as, the sender wanted.',
        'Le client l’a enregistré là où, ou sous le nom que, l’expéditeur voulait.',
      )
    }
  },
})

/** A file that the client is to send. */
async function draftOf({ client, folder }: Stage) {
  const path = join(folder, 'letter.txt')
  await writeFile(path, TEXT)
  const { mediaType, name, description } = named()
  return client.draftOf({ attachments: [{ path, mediaType, name, description }] })
}

const sending: readonly Case[] = [
  {
    ...base,
    id: 'attachment-sent',
    title: {
      en: 'Puts an attachment, and names it as it was put',
      fr: 'Dépose une pièce jointe, et la nomme telle que déposée',
    },
    why: {
      en: 'The bytes go first; the message names their digest, size and media type exactly, or is attachment-missing.',
      fr: 'Les octets d’abord\u202f; le message en nomme l’empreinte, la taille et le type exacts, sinon attachment-missing.',
    },
    async run(stage) {
      mustBeDone(await stage.client.trySend(await draftOf(stage)))
      const { attachments } = lastSubmitted(stage).envelope
      const [first] = Array.isArray(attachments) ? (attachments as unknown[]) : []
      const wanted = named()
      must(
        isObject(first) && first['digest'] === wanted.digest && first['size'] === wanted.size,
        'The message does not name what was put.',
        'Le message ne nomme pas ce qui a été déposé.',
      )
    },
  },
  {
    ...base,
    id: 'attachment-put-again',
    title: { en: 'Puts an attachment again after a fault', fr: 'Dépose à nouveau après une panne' },
    why: {
      en: 'The line breaks while it goes out, and the answer of the next attempt is lost. A PUT may always be repeated.',
      fr: 'La ligne se coupe pendant l’envoi, puis la réponse se perd. Un PUT peut toujours être répété.',
    },
    async run(stage) {
      stage.gateway.script('put', cut, cutAnswer)
      mustBeDone(await stage.client.trySend(await draftOf(stage)))
      must(
        stage.gateway.exchange.attachments.has(digestOf(TEXT)),
        'The attachment never arrived.',
        'La pièce jointe n’est jamais arrivée.',
      )
    },
  },
]

const receiving: readonly Case[] = [
  {
    ...base,
    id: 'attachment-received',
    title: { en: 'Fetches an attachment', fr: 'Récupère une pièce jointe' },
    why: {
      en: 'It is what the sender named, byte for byte.',
      fr: 'Elle est, octet pour octet, ce que l’expéditeur a nommé.',
    },
    async run(stage) {
      const { saved } = await exchange(stage)
      await mustBeSaved(saved)
    },
  },
  {
    ...base,
    id: 'attachment-broken-off',
    title: { en: 'Keeps no half of an attachment', fr: 'Ne garde pas une demi-pièce jointe' },
    why: {
      en: 'The transfer breaks off in the middle. The client fetches the rest, or all of it again.',
      fr: 'Le transfert s’interrompt au milieu. Le client récupère le reste, ou le tout à nouveau.',
    },
    async run(stage) {
      stage.gateway.script('fetch', cutAnswer)
      const { saved } = await exchange(stage)
      await mustBeSaved(saved)
    },
  },
  hostile(
    'wrong-digest',
    {
      title: { en: 'Refuses an attachment of another digest', fr: 'Refuse une pièce jointe d’une autre empreinte' },
      why: {
        en: 'As long as it should be, and other bytes: nobody signed for these.',
        fr: 'De la bonne longueur, mais d’autres octets\u00a0: personne ne les a signés.',
      },
    },
    {},
    { bytes: Buffer.from(TEXT.toString('latin1').replace('letter', 'hacked'), 'latin1') },
  ),
  hostile(
    'larger',
    {
      title: {
        en: 'Refuses an attachment that is larger than named',
        fr: 'Refuse une pièce jointe plus grande qu’annoncé',
      },
      why: {
        en: 'What the sender named is followed by a megabyte of something else.',
        fr: 'Ce que l’expéditeur a nommé est suivi d’un mégaoctet d’autre chose.',
      },
    },
    {},
    { bytes: Buffer.concat([TEXT, Buffer.alloc(1_000_000, 'x')]) },
  ),
  hostile(
    'smaller',
    {
      title: {
        en: 'Refuses an attachment that is smaller than named',
        fr: 'Refuse une pièce jointe plus petite qu’annoncé',
      },
      why: {
        en: 'Whole by its Content-Length, and half of what the sender named.',
        fr: 'Entière d’après son Content-Length, mais la moitié de ce que l’expéditeur a nommé.',
      },
    },
    {},
    { bytes: TEXT.subarray(0, 20) },
  ),
  {
    ...base,
    id: 'attachment-missing-there',
    title: {
      en: 'Takes the message though its attachment is gone',
      fr: 'Prend le message même si sa pièce jointe a disparu',
    },
    why: {
      en: 'Nothing stands at the attachment’s address. What the message says must reach people all the same.',
      fr: 'Rien ne se trouve à l’adresse de la pièce jointe. La teneur du message doit parvenir aux personnes malgré tout.',
    },
    async run({ client, deliver }) {
      const waiting = await deliver({ envelope: { attachments: [named()] } })
      mustHaveTaken(await client.receive(), [waiting])
    },
  },
  badName('path', '../../../etc/passwd', {
    title: {
      en: 'Saves nothing under a path that the sender chose',
      fr: 'N’enregistre rien sous un chemin choisi par l’expéditeur',
    },
    why: {
      en: 'The gateway refuses such a name; a client must not lean on that: a name is what somebody else wrote.',
      fr: 'La passerelle refuse un tel nom\u202f; un client ne doit pas s’y fier\u00a0: un nom est écrit par autrui.',
    },
  }),
  badName('control', 'letter\r\nSet-Cookie: a=b\u0000.txt', {
    title: {
      en: 'Saves nothing under a name with control characters',
      fr: 'N’enregistre rien sous un nom à caractères de commande',
    },
    why: {
      en: 'Line breaks and zeros in a name change logs, headers and file names.',
      fr: 'Retours à la ligne et octets nuls dans un nom altèrent journaux, en-têtes et noms de fichiers.',
    },
  }),
  badName('direction', 'letter\u202etxt.exe', {
    title: {
      en: 'Saves nothing under a name that reads backwards',
      fr: 'N’enregistre rien sous un nom qui se lit à rebours',
    },
    why: {
      en: 'A character that changes the direction of writing makes a program look like a text.',
      fr: 'Un caractère qui inverse le sens d’écriture fait passer un programme pour un texte.',
    },
  }),
  {
    ...base,
    id: 'attachment-media-type',
    rank: 'advisory',
    title: { en: 'Goes by the media type that was signed', fr: 'S’en tient au type de média signé' },
    why: {
      en: 'The answer calls the text a web page. What the sender named and signed counts: the file must not be kept as .html.',
      fr: 'La réponse qualifie le texte de page web. C’est ce que l’expéditeur a nommé et signé qui compte\u00a0: le fichier ne doit pas être gardé en .html.',
    },
    async run(stage) {
      const { saved } = await exchange(stage, {}, { mediaType: 'text/html' })
      must(
        !saved.some(({ path }) => /\.html?$/i.test(path)),
        'The client kept it as a web page.',
        'Le client l’a gardé comme page web.',
      )
    },
  },
]

export const attachments: readonly Case[] = [...sending, ...receiving]
