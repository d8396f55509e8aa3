import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'

const folder = join(import.meta.dirname, '../../schemas')
const files = await loadSchemaFolder(folder)
/** The newest release: those before are frozen as they were set. */
const NEWEST = readCatalogue(files).releases.at(-1)?.version ?? ''
const subjects = takeApart(files, NEWEST)

type Said = readonly [place: string, text: string]

/** Every French text of a document: titles and descriptions, and what a text says whose language is French. */
function* frenchIn(value: unknown, place: string): Generator<Said> {
  if (typeof value !== 'object' || value === null) return
  const { language, text } = value as Readonly<Record<string, unknown>>
  if (language === 'fr' && typeof text === 'string') yield [`${place}/text`, text]
  for (const [name, inner] of Object.entries(value)) {
    const at = `${place}/${name}`
    if (typeof inner === 'string' && ['x-titleFr', 'x-descriptionFr', 'fr'].includes(name)) yield [at, inner]
    else yield* frenchIn(inner, at)
  }
}

const documents = [
  ...[...files.published]
    .filter(([path]) => path.startsWith(`${NEWEST}/`))
    .map(([path, bytes]) => [path, String(bytes)]),
  ...['pathway.json', 'agencies.schema.json'].map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
] as const
const french = documents.flatMap(([path = '', text = '']) => [...frenchIn(JSON.parse(text), path)])
const wrong = (form: RegExp): readonly Said[] => french.filter(([, text]) => form.test(text))

describe('French is set as French', () => {
  test('there is much of it', () => {
    expect(french.length).toBeGreaterThan(2000)
  })

  test.each([
    ['a narrow space that does not break before ; ! ?', /(?:^|[^\u202f])[;!?]/],
    ['a space that does not break before a colon', /(?:^|[^\u00a0]):(?!\/\/|\d|MM)/],
    ['a space that does not break within « »', /«(?!\u00a0)|(?<!\u00a0)»/],
    ['French quotation marks, and the typographic apostrophe', /["“”']|(?<=\p{L})\u2018/u],
    ['no other space twice, and none at an end', / {2}|^\s|\s$/],
  ])('%s', (_, form) => {
    expect(wrong(form)).toEqual([])
  })
})

/** Gives the French title of a code, or of a schema where there is none. */
function titleOf(subject: string, code?: string): unknown {
  const schema: AnySchemaObject = subjects.get(subject) ?? {}
  return code === undefined ? schema['x-titleFr'] : schema['x-enumTitles']?.[code]?.fr
}

function memberOf(subject: string, name: string): AnySchemaObject {
  const schema: AnySchemaObject = subjects.get(subject) ?? {}
  return (schema['properties'] as Record<string, AnySchemaObject>)[name] ?? {}
}

describe('one word for one thing', () => {
  test.each([
    ['referral', undefined, /^Saisine du centre de conseil/],
    ['definitions/flag', undefined, /^Avis de recherche interne$/],
    ['codes/flagInstruction', 'remove', /^Lever$/],
    ['codes/concern', 'sexual-abuse', /^Violences sexuelles$/],
    ['codes/concern', 'faith-or-belief-abuse', /^Maltraitance liée à une croyance/],
    ['codes/concern', undefined, /^Élément de danger ou d’inquiétude$/],
    ['codes/concern', 'separated-from-carers', /^Séparation d’avec les parents/],
    ['codes/concern', 'injury', /^Blessure$/],
    ['definitions/report', undefined, /^Information transmise à une autorité$/],
    ['definitions/sighting', undefined, /^Présence signalée$/],
    ['codes/refusalReason', 'not-competent', /^Pas compétent pour agir$/],
    ['codes/legalStatus', 'gb-section-17', /^Enfant ayant besoin d’aide \(child in need\), art\. 17$/],
    ['codes/protectiveAction', 'strategy-discussion', /^Réunion de concertation \(strategy discussion\)$/],
    ['codes/statusResult', 'located', /^Enfant localisé\(e\)$/],
    ['codes/identityBasis', 'formal-assessment', /évaluation officielle$/],
    ['codes/contactOutcome', 'not-yet', /^Pas encore eu lieu$/],
    ['codes/documentKind', 'asylum-registration', /^Attestation de demande d’asile/],
    ['codes/professionalRole', 'crip-officer', /^Professionnel de la CRIP$/],
    ['codes/outcomeCode', 'in-local-authority-care', /^Confié à l’autorité compétente \(en France, ASE\)$/],
    ['codes/accommodationKind', 'fr-emergency-shelter', /prolongeables deux fois \(CASF R\.221-11, L\.221-2-4\)$/],
    [
      'codes/restriction',
      'no-immigration-enforcement',
      /^Ni contrôle de l’immigration ni décision de séjour ou d’asile$/,
    ],
  ])('%s %s', (subject, code, form) => {
    expect(titleOf(subject, code)).toMatch(form)
  })

  test('a signalement goes to the prosecutor or another authority, never to the advice centre', () => {
    expect(wrong(/auteur du signalement|[Mm]otif du signalement|Signalement d’un enfant/)).toEqual([])
  })

  test('the flag is no alert, and an alert no flag', () => {
    expect(wrong(/[Aa]lerte(?:s)? (?:posée|maintenue|demandée|émise|levée)/)).toEqual([])
  })

  test('a priority says how soon', () => {
    expect(JSON.stringify(memberOf('envelope', 'priority')['x-enumTitles'])).toMatch(
      /À traiter immédiatement.+À traiter dans la journée.+Sans urgence/,
    )
  })
})

describe('in English', () => {
  test('quotation marks and apostrophes are typographic', () => {
    const straight = documents
      .filter(([path = '']) => path.endsWith('.schema.json'))
      .flatMap(([path, text = '']) =>
        text.match(/"(?:title|description|en)": "[^"\\]*(?:\\"|')[^\n]*/g)?.map((line) => [path, line]),
      )
    expect(straight.filter((each) => each !== undefined)).toEqual([])
  })

  const english = (subject: string, code: string): unknown => subjects.get(subject)?.['x-enumTitles']?.[code]?.en

  test('what was said amiss is said right', () => {
    expect(memberOf('missing-notification', 'returnInterview')['title']).toBe(
      'Return home interview offered (within 72 hours)',
    )
    expect(english('codes/injuryCause', 'gas-canister')).toBe('CS (tear) gas canister')
    expect(english('codes/notLocatedReason', 'not-yet-known-to-home-office')).toContain(
      'children’s services that had not yet told the Home Office',
    )
  })

  test('a heart is treated at once, and the belief asked about meanwhile', () => {
    const examples = String(files.published.get('1.1/safeguarding-information.examples.json'))
    expect(examples).toContain('Treat his heart now; ask, with an interpreter, what the ritual meant to him.')
    expect(examples).not.toContain('before treatment')
  })

  test('steps of the pathway are numbered as in the protocol', () => {
    const steps = [...subjects].flatMap(([subject, { description }]) => {
      const step = /\(pathway, steps? (.+?)\)/.exec(String(description))?.[1]
      return step === undefined ? [] : [[subject, step]]
    })
    expect(Object.fromEntries(steps)).toEqual({
      referral: '1 and 2',
      'status-check-request': '3',
      'status-check-result': '4',
      'assessment-referral': '4b',
      'safeguarding-information': '5 and 6',
      'safeguarding-confirmation': '5 and 6',
      outcome: '7',
      'case-closure': '8',
    })
  })
})
