import { isObject } from '../../shape.ts'
import type { Text } from '../../problem.ts'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { lastSubmitted } from '../checks.ts'
import { bodyOf } from '../roles.ts'

type Name = { readonly key: string; readonly of: Text; readonly text: string }

/** Nobody’s. Each has what a careless client changes. */
const names: readonly Name[] = [
  {
    key: 'right-to-left',
    of: { en: 'right-to-left', fr: 'écrit de droite à gauche' },
    text: 'آدم محمد‌علی ۱۲',
  },
  { key: 'ethiopic', of: { en: 'Ethiopic', fr: 'éthiopien' }, text: 'ኣዳም ተስፋይ፡ገብረ' },
  {
    key: 'combining',
    // The marks stand apart from their letters, as some keyboards write them; one name has both forms.
    of: { en: 'combining', fr: 'à diacritiques combinants' },
    text: 'Zoe\u0301 Nguye\u0302\u0303n Zo\u00e9 \u1112\u1161\u11ab',
  },
  { key: 'astral', of: { en: 'beyond 16 bits', fr: 'au-delà de 16 bits' }, text: '𞤀𞤣𞤢𞤥 𠮷田' },
]

const withName = (name: string): object => {
  const body = bodyOf('information-request')
  const child = 'child' in body && isObject(body.child) ? body.child : {}
  return { ...body, child: { ...child, name } }
}

function nameIn(body: unknown): unknown {
  return isObject(body) && isObject(body['child']) ? body['child']['name'] : undefined
}

/** Letter by letter, so that it can be seen what has become of it. */
const spelled = (text: unknown): string =>
  typeof text === 'string'
    ? Array.from(text, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(
        ' ',
      )
    : '–'

function mustBeName(seen: unknown, { text }: Name): void {
  must(
    seen === text,
    `The name became ${spelled(seen)} instead of ${spelled(text)}.`,
    `Le nom est devenu ${spelled(seen)} au lieu de ${spelled(text)}.`,
  )
}

const sends = (name: Name): Case => ({
  id: `send-name-${name.key}`,
  title: { en: `Sends a name unchanged: ${name.of.en}`, fr: `Transmet un nom sans le modifier\u00a0: ${name.of.fr}` },
  why: {
    en: 'A name is evidence, and other systems search by it: no letter may be replaced, normalised, re-ordered or lost before it is signed.',
    fr: 'Un nom est un élément de preuve, et d’autres systèmes le recherchent\u00a0: aucune lettre ne doit être remplacée, normalisée, déplacée ou perdue avant la signature.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.send({ type: 'information-request', body: withName(name.text) })
    mustBeName(nameIn(lastSubmitted(stage).envelope['body']), name)
  },
})

const receives = (name: Name): Case => ({
  id: `receive-name-${name.key}`,
  title: { en: `Hands over a name unchanged: ${name.of.en}`, fr: `Remet un nom sans le modifier\u00a0: ${name.of.fr}` },
  why: {
    en: 'What the sender signed is what people must read: the client hands the name over letter by letter as it stands in the signed bytes.',
    fr: 'Les personnes doivent lire ce que l’expéditeur a signé\u00a0: le client remet le nom lettre pour lettre, tel qu’il figure dans les octets signés.',
  },
  section: 7,
  rank: 'required',
  on: 'client',
  async run({ client, deliver }) {
    await deliver({ envelope: { type: 'information-request', body: withName(name.text) } })
    const [taken] = await client.receive()
    mustBeName(nameIn(taken?.envelope['body']), name)
  },
})

/** Section 3: the bytes that were signed are the bytes that count. */
export const nameCases: readonly Case[] = names.flatMap((name) => [sends(name), receives(name)])
