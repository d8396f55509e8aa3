import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import {
  type ActName,
  acts,
  type Decision,
  type Performed,
  type Subjects,
  wordsOfAlarm,
} from '../../operations/operations.ts'
import { Problem, priorityOf } from '../../protocol/protocol.ts'
import { agencyId, uuid } from '../forms.ts'
import type { Operating } from '../serving.ts'
import { html, type Html } from './html.ts'
import { priorityWords } from './codes.ts'
import { paragraph, summary } from './table.ts'
import { agencyLink, lasting, listing, messageLink, nothing, secondsSince } from './units.ts'
import type { View } from './view.ts'

type About = keyof Subjects
export type Params = Readonly<Record<string, string>>

/** How the console finds, shows and acts on what acts are about: the routes of all acts are made of it. */
export type SubjectPages<Of extends About> = {
  /** The page of such a subject; its acts' forms are below it. */
  readonly path: string
  readonly params: ReturnType<typeof Type.Object>
  /** @throws Problem `not-found` */
  readonly find: (parts: Operating, params: Params) => Promise<Subjects[Of]>
  readonly show: (parts: Operating, view: View, subject: Subjects[Of], name: ActName) => Html | Promise<Html>
  readonly perform: (parts: Operating, name: ActName, subject: Subjects[Of], decision: Decision) => Promise<Performed>
  /** When it came to be; undefined where that does not matter. */
  readonly since: (subject: Subjects[Of]) => Date | undefined
  /** Where whoever changes their mind goes. */
  readonly back: (name: ActName, params: Params) => string
}

const words = {
  message: { en: 'Message', fr: 'Message' },
  from: { en: 'From', fr: 'De' },
  to: { en: 'To', fr: 'À' },
  type: { en: 'Type', fr: 'Type' },
  priority: { en: 'Priority', fr: 'Priorité' },
  accepted: { en: 'Accepted', fr: 'Accepté' },
  case: { en: 'Case', fr: 'Dossier' },
  agency: { en: 'Agency', fr: 'Organisme' },
  messages: { en: 'Messages', fr: 'Messages' },
  telephone: { en: 'Telephone', fr: 'Téléphone' },
  dryRun: { en: 'What would be put back', fr: 'Ce qui repartirait' },
  count: { en: 'How many', fr: 'Combien' },
  oldest: { en: 'Oldest', fr: 'Le plus ancien' },
  none: { en: 'This agency has no dead letters.', fr: 'Cet organisme n’a aucun message en échec.' },
  alarm: { en: 'Alarm', fr: 'Alarme' },
  about: { en: 'About', fr: 'Objet' },
  origin: { en: 'Log', fr: 'Journal' },
  lastPublished: {
    en: 'Leaves of its last published checkpoint',
    fr: 'Feuilles de son dernier point de contrôle publié',
  },
  root: { en: 'Root', fr: 'Racine' },
  ago: { en: 'accepted this long ago', fr: 'accepté il y a' },
} as const satisfies Record<string, Text>

const message: SubjectPages<'message'> = {
  path: '/messages/:from/:id',
  params: Type.Object({ from: agencyId('Sender'), id: uuid('Id of the message') }),
  async find({ operations }, { from = '', id = '' }) {
    return found(await operations.find(from, id))
  },
  show({ registry }, view, { sender, id, recipient, case_id, type, priority, accepted_at }) {
    const { say } = view
    return summary([
      [say(words.message), messageLink({ sender, id })],
      [say(words.from), agencyLink(view, registry(), sender)],
      [say(words.to), agencyLink(view, registry(), recipient)],
      [say(words.type), type],
      [say(words.priority), say(priorityWords[priorityOf(priority)])],
      [say(words.accepted), view.time(accepted_at)],
      [say(words.case), html`<span class="console-id">${case_id}</span>`],
    ])
  },
  perform: ({ operations: { acts: done } }, name, subject, decision) =>
    done.onMessage(of('message', name), subject, decision),
  since: ({ accepted_at }) => accepted_at,
  back: (name) => (name === 'telephoned' ? '/' : '/dead-letters'),
}

const agency: SubjectPages<'agency'> = {
  path: '/agencies/:id',
  params: Type.Object({ id: agencyId('Agency') }),
  async find({ operations, registry }, { id = '' }) {
    // Of an agency that the registry has no more something may still wait, or be held.
    if (registry().agencies.has(id)) return id
    const { agencies } = await operations.overview()
    return found(agencies.find((one) => one.id === id)?.id)
  },
  async show({ operations, registry }, view, id, name) {
    const about = summary([[view.say(words.agency), agencyLink(view, registry(), id)]])
    if (name !== 'retry-all') return about
    const { count, priorities } = await operations.deadLettersOf(id)
    if (count === 0) return html`${about}${nothing(view.say(words.none))}`
    return html`${about}${listing(
      view.say(words.dryRun),
      [
        { title: view.say(words.priority) },
        { title: view.say(words.count), number: true as const },
        { title: view.say(words.oldest), number: true as const },
      ],
      priorities.map((one) => [view.say(priorityWords[one.priority]), one.count, lasting(view, one.oldestSeconds)]),
    )}`
  },
  perform: ({ operations: { acts: done } }, name, subject, decision) =>
    done.onAgency(of('agency', name), subject, decision),
  since: () => undefined,
  back: (name, { id = '' }) => (name === 'retry-all' ? '/dead-letters' : `/agencies/${id}`),
}

const caseId: SubjectPages<'caseId'> = {
  path: '/cases/:caseId',
  params: Type.Object({ caseId: uuid('Case') }),
  async find({ operations }, { caseId: id = '' }) {
    const { messages } = await operations.caseOf(id)
    return found(messages.length > 0 ? id : undefined)
  },
  async show({ operations, now }, view, id) {
    const { messages } = await operations.caseOf(id)
    const oldest = messages[0]?.accepted_at
    return html`${summary([
      [view.say(words.case), html`<span class="console-id">${id}</span>`],
      [view.say(words.messages), messages.length],
    ])}${oldest && paragraph(`${view.say(words.oldest)}: ${lasting(view, secondsSince(oldest, now()))}`)}`
  },
  perform: ({ operations: { acts: done } }, name, subject, decision) =>
    done.onCase(of('caseId', name), subject, decision),
  since: () => undefined,
  back: (_name, { caseId: id = '' }) => `/cases/${id}`,
}

const shift: SubjectPages<'shift'> = {
  path: '/handover',
  params: Type.Object({}),
  find: () => Promise.resolve(undefined),
  show: () => html``,
  perform: ({ operations: { acts: done } }, name, _subject, decision) => done.onShift(of('shift', name), decision),
  since: () => undefined,
  back: () => '/handover',
}

const alarm: SubjectPages<'alarm'> = {
  path: '/alarms/:id',
  params: Type.Object({ id: uuid('Id of the alarm') }),
  async find({ operations }, { id = '' }) {
    return found((await operations.alarms.standing()).find((one) => one.id === id))
  },
  show: (_parts, { say }, { code, subject }) =>
    summary([
      [say(words.alarm), say(wordsOfAlarm(code)?.title ?? { en: code, fr: code })],
      [say(words.about), subject],
    ]),
  perform: ({ operations: { acts: done } }, name, subject, decision) =>
    done.onAlarm(of('alarm', name), subject, decision),
  since: () => undefined,
  back: () => '/',
}

const log: SubjectPages<'log'> = {
  path: '/log',
  params: Type.Object({}),
  find: ({ operations }) => operations.predecessor(),
  show: (_parts, { say }, { origin, size, rootHash }) =>
    summary([
      [say(words.origin), html`<span class="console-id">${origin}</span>`],
      [say(words.lastPublished), size],
      ...(rootHash === undefined
        ? []
        : [[say(words.root), html`<span class="console-id">${rootHash}</span>`] as const]),
    ]),
  perform: ({ operations: { acts: done } }, name, _subject, decision) => done.onLog(of('log', name), decision),
  since: () => undefined,
  back: () => '/log',
}

export const subjects: { readonly [Of in About]: SubjectPages<Of> } = { message, agency, caseId, shift, alarm, log }

type NameAbout<Of extends About> = {
  [Name in ActName]: (typeof acts)[Name]['about'] extends Of ? Name : never
}[ActName]

/** An act's name, where it is about such a subject; its route says so. */
function of<Of extends About>(about: Of, name: ActName): NameAbout<Of> {
  if (acts[name].about !== about) throw new TypeError(`${name} is not about a ${about}`)
  return name as NameAbout<Of>
}

function found<T>(subject: T | undefined): T {
  if (subject === undefined) throw new Problem('not-found')
  return subject
}
