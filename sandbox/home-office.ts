/** The Home Office's rule: what it finds goes by the first letter of the child's name, so that who refers a child chooses how the case goes. */

import { childFound, located, notLocated, possibleMatch } from '../demo/bodies.ts'
import { inCareOf, unknownTo } from '../demo/parts.ts'
import type { Json, JsonObject, Text } from '../sdk/index.ts'
import { dayFrom, member, type Reply } from './reply.ts'
import { birmingham, croydon, homeOffice, kent, pasDeCalais, portsmouth } from './parties.ts'

export type Finding = 'known' | 'refused' | 'closed' | 'unknown' | 'not-found' | 'possible' | 'later' | 'france'

/** By first letter, from the first to the last of each row. */
export const rule: readonly { readonly letters: string; readonly finding: Finding; readonly means: Text }[] = [
  {
    letters: 'ABC',
    finding: 'known',
    means: {
      en: 'Located, in the care of Kent, which confirms: the outcome is in-local-authority-care.',
      fr: 'Localisé, confié à Kent, qui confirme\u00a0: l’issue est in-local-authority-care.',
    },
  },
  {
    letters: 'DE',
    finding: 'refused',
    means: {
      en: 'Located, in the care of Croydon, which refuses: Birmingham is asked instead.',
      fr: 'Localisé, confié à Croydon, qui refuse\u00a0: Birmingham est sollicité à sa place.',
    },
  },
  {
    letters: 'FG',
    finding: 'closed',
    means: {
      en: 'Located, in the care of Portsmouth, whose desk is closed: a first outcome says being-assessed, and all else waits until you open the desk.',
      fr: 'Localisé, confié à Portsmouth, dont le bureau est fermé\u00a0: une première issue dit being-assessed, et la suite attend que vous ouvriez le bureau.',
    },
  },
  {
    letters: 'HIJK',
    finding: 'unknown',
    means: {
      en: 'In the UK, unknown to children’s services: Birmingham is asked to assess.',
      fr: 'Au Royaume-Uni, à l’insu des services de l’enfance\u00a0: Birmingham est chargé d’évaluer la situation.',
    },
  },
  {
    letters: 'LMNOP',
    finding: 'not-found',
    means: {
      en: 'Not located; the system is flagged. The outcome is not-located, and is not final.',
      fr: 'Non localisé\u202f; un avis de recherche interne est émis. L’issue est not-located, et n’est pas définitive.',
    },
  },
  {
    letters: 'QRS',
    finding: 'possible',
    means: {
      en: 'A possible match. The advice centre asks again, and the child is located in the care of Kent.',
      fr: 'Une correspondance possible. Le centre de conseil interroge de nouveau, et l’enfant est localisé, confié à Kent.',
    },
  },
  {
    letters: 'TUV',
    finding: 'later',
    means: {
      en: 'Not located; some seconds later the flag works (child-found), and Birmingham is asked to assess.',
      fr: 'Non localisé\u202f; quelques secondes plus tard, l’avis de recherche interne aboutit (child-found), et Birmingham est chargé d’évaluer la situation.',
    },
  },
  {
    letters: 'WXYZ',
    finding: 'france',
    means: {
      en: 'Back in France, in the care of Pas-de-Calais: the outcome is returned-to-france.',
      fr: 'De retour en France, confié au Pas-de-Calais\u00a0: l’issue est returned-to-france.',
    },
  },
]

/** Gives what is found of a child of this name: accents and case do not count. A name without a Latin letter is not found. */
export function findingOf(name: string): Finding {
  const letter = /[A-Z]/.exec(name.normalize('NFKD').toUpperCase())?.[0] ?? ''
  return rule.find(({ letters }) => letter !== '' && letters.includes(letter))?.finding ?? 'not-found'
}

/** The name by which a child is looked for: the first in Latin script, else the first. */
export function nameOf(child: Json | undefined): string {
  const names = member(child, 'names')
  const all = Array.isArray(names) ? (names as readonly Json[]) : []
  const latin = all.find((each) => member(each, 'script') === 'Latn') ?? all[0]
  const full = member(latin, 'full')
  return typeof full === 'string' ? full : ''
}

const FLAG = 'FLAG-SANDBOX'
/** So much later, counted in turns of the sandbox's pace, is a flagged child found. */
const FOUND_LATER = 4

/** What the Home Office answers to a request for a check. @param child its identity, as the request has it */
export function checkAnswers(child: JsonObject, isSecond: boolean, now: Date): readonly Reply[] {
  const finding = findingOf(nameOf(child))
  const result = (content: { readonly type: string; readonly body: JsonObject }): Reply => ({
    as: 'result',
    ...content,
    body: { ...content.body, checkedAt: now.toISOString() },
    answers: true,
  })
  const asRecorded = recordedAs(child)
  const flagged = notLocated(['name-misspelt', 'in-uk-unknown-to-services'], dayFrom(now, 730), {
    flag: { placed: true, reference: FLAG, on: dayFrom(now, 0), expiresOn: dayFrom(now, 730) },
  })
  if (finding === 'not-found') return [result(flagged)]
  if (finding === 'later')
    return [result(flagged), { ...foundLater(asRecorded, now), as: 'found', answers: true, turns: FOUND_LATER }]
  if (finding === 'possible' && !isSecond) return [result(possibleMatch([candidate(asRecorded)]))]
  return [result(located({ ...placeOf(finding), since: dayFrom(now, -21) }, asRecorded))]
}

function placeOf(finding: Finding): JsonObject {
  if (finding === 'unknown') return unknownTo(birmingham)
  if (finding === 'france')
    return {
      place: {
        kind: 'administrative-area',
        country: 'FRA',
        precision: 'area',
        area: { scheme: 'insee-departement', code: '62' },
      },
      responsibleAuthority: pasDeCalais,
      knownToChildrensServices: 'yes',
    }
  const { entry: _, ...place } = inCareOf(finding === 'refused' ? croydon : finding === 'closed' ? portsmouth : kent)
  return place
}

/** The same child, under the name that an official wrote down, and at the age that was asked for. */
const recordedAs = (child: JsonObject): JsonObject => {
  const { sex = 'unknown', nationalities = [], separation = 'unaccompanied', age } = child
  return {
    names: [{ full: nameOf(child), script: 'Latn', use: 'recorded-by-authority', recordedBy: homeOffice }],
    sex,
    nationalities,
    separation,
    ...(age === undefined ? { absences: [{ field: 'age', reason: 'not-known' }] } : { age }),
  }
}

const candidate = (recordedIdentity: JsonObject): JsonObject => ({
  key: 'c1',
  grade: 'possible',
  recordedIdentity,
  agreesOn: ['name-sound'],
  differsOn: ['age'],
})

function foundLater(child: JsonObject, now: Date) {
  const today = dayFrom(now, 0)
  const location = { ...unknownTo(birmingham), since: today }
  return childFound(child, 'encountered-by-police', location, { foundAt: today, flagReference: FLAG })
}
