/** Section 8: messages of other releases than the client was written for. */
import { isObject } from '../../shape.ts'
import { examplesOf, releases as published } from '../../validate/validate.ts'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { mustBeAcknowledged, mustHaveTaken } from '../checks.ts'
import { bodyOf } from '../roles.ts'

const base = { section: 8, rank: 'required', on: 'client' } as const

const takesRelease = (release: string, before: number): Case => ({
  ...base,
  id: before === 0 ? 'release-current' : `release-${before}-before`,
  title:
    before === 0
      ? { en: 'Takes a message of the newest release', fr: 'Prend un message de la version la plus récente' }
      : {
          en: `Takes a message of a release that is ${before} older`,
          fr: `Prend un message d’une version antérieure (${before} de moins)`,
        },
  why: {
    en: 'Partners change over one after the other. A message of an older release is still accepted, and a case may go on in several.',
    fr: 'Les partenaires changent de version les uns après les autres. Un message d’une version antérieure reste accepté, et un dossier peut se poursuivre dans plusieurs.',
  },
  async run({ client, deliver, role }) {
    const [{ body }] = examplesOf(role.gets, release)
    const waiting = await deliver({ envelope: { schemaVersion: release, body } })
    mustHaveTaken(await client.receive(), [waiting])
    mustBeAcknowledged(waiting)
  },
})

export const releases: readonly Case[] = [
  ...published()
    .toReversed()
    .slice(0, 3)
    .map((release, before) => takesRelease(release, before)),
  {
    ...base,
    id: 'release-unknown-code',
    title: { en: 'Takes a message with a code that it does not know', fr: 'Prend un message portant un code inconnu' },
    why: {
      en: 'A later release adds codes to lists. The gateway has judged the message by that release; a client that refuses or stops loses it, and a child with it.',
      fr: 'Une version ultérieure ajoute des codes aux listes. La passerelle a jugé le message d’après elle\u202f; un client qui refuse ou s’arrête le perd, et un enfant avec lui.',
    },
    async run({ client, deliver, role }) {
      const body = bodyOf(role.gets)
      const handling = 'handling' in body && isObject(body.handling) ? body.handling : {}
      const restrictions = ['safeguarding-only', 'restriction-of-a-later-release']
      const later = { ...body, handling: { ...handling, restrictions } }
      const waiting = await deliver({ envelope: { schemaVersion: '1.9', body: later } })
      mustHaveTaken(await client.receive(), [waiting])
      mustBeAcknowledged(waiting)
    },
  },
  {
    ...base,
    id: 'release-unknown-member',
    title: {
      en: 'Takes a message with a member that it does not know',
      fr: 'Prend un message comportant un membre inconnu',
    },
    why: {
      en: 'A later release says more in a body. What the client does not know it keeps for people to read.',
      fr: 'Une version ultérieure en dit davantage dans un corps de message. Ce que le client ignore, il le garde pour que des personnes le lisent.',
    },
    async run({ client, deliver, role }) {
      const body = { ...bodyOf(role.gets), memberOfALaterRelease: { text: 'kept' } }
      const waiting = await deliver({ envelope: { schemaVersion: '1.9', body } })
      const taken = await client.receive()
      mustHaveTaken(taken, [waiting])
      const kept = taken[0]?.envelope['body']
      must(isObject(kept) && 'memberOfALaterRelease' in kept, 'The member was dropped.', 'Le membre a été supprimé.')
    },
  },
  {
    ...base,
    id: 'release-unknown-type',
    title: { en: 'Is not stopped by a type that it does not know', fr: 'N’est pas arrêté par un type inconnu' },
    why: {
      en: 'A message of a type of a later release, and one that the client knows behind it. The second is taken; the first is handed over to people or refused with a signature, and not left in silence.',
      fr: 'Un message d’un type d’une version ultérieure, puis un autre que le client connaît. Le second est pris\u202f; le premier est remis à des personnes ou refusé avec signature, mais pas laissé sans réponse.',
    },
    async run({ client, deliver }) {
      const strange = await deliver({ envelope: { schemaVersion: '1.9', type: 'type-of-a-later-release', body: {} } })
      const known = await deliver()
      const ids = (await client.receive()).map(({ envelope }) => envelope['id'])
      must(ids.includes(known.id), 'The message behind it was not taken.', 'Le message suivant n’a pas été pris.')
      must(
        ids.includes(strange.id) || strange.acknowledged !== undefined,
        'The message was neither handed over nor refused.',
        'Le message n’a été ni remis ni refusé.',
      )
    },
  },
]
