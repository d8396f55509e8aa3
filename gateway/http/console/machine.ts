import passerelle from '../../../package.json' with { type: 'json' }
import type { Text } from '../../base/base.ts'
import type { Overview } from '../../operations/operations.ts'
import { priorities } from '../../protocol/protocol.ts'
import type { DiskState } from '../../record/record.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { code, priorityTag } from './codes.ts'
import { healthWords } from './health-notice.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import type { Show } from './show.ts'
import { span } from './span.ts'
import { heading, paragraph, summary, table } from './table.ts'
import type { View } from './view.ts'

const words = {
  queue: { en: 'Queue', fr: 'File' },
  kind: { en: 'Kept in', fr: 'Conservée dans' },
  state: { en: 'State', fr: 'État' },
  works: { en: 'Takes writes', fr: 'Accepte les écritures' },
  calls: { en: 'Calls to lanes', fr: 'Appels aux files d’attente' },
  waiting: { en: 'waiting', fr: 'en attente' },
  delayed: { en: 'for later', fr: 'pour plus tard' },
  active: { en: 'being worked on', fr: 'en cours' },
  noAnswer: { en: 'It does not answer', fr: 'Elle ne répond pas' },
  workers: { en: 'Workers', fr: 'Processus de remise' },
  noWorkers: {
    en: 'None: nothing is delivered. Start a process with the role worker.',
    fr: 'Aucun : rien n’est remis. Démarrez un processus ayant le rôle worker.',
  },
  lanes: { en: 'Messages that wait for their recipients', fr: 'Messages en attente de leurs destinataires' },
  counted: {
    en: 'Of one agency at most 1,000 of a priority are counted.',
    fr: 'Pour un organisme, au plus 1 000 messages d’une même priorité sont comptés.',
  },
  priority: { en: 'Priority', fr: 'Priorité' },
  messages: { en: 'Messages', fr: 'Messages' },
  agencies: { en: 'Agencies', fr: 'Organismes' },
  oldest: { en: 'The oldest has waited', fr: 'Le plus ancien attend depuis' },
  nothing: { en: 'Nothing waits', fr: 'Rien n’attend' },
  retrying: { en: 'Waiting for the next attempt', fr: 'En attente de la prochaine tentative' },
  inFlight: { en: 'Being handed over now', fr: 'En cours de remise' },
  record: { en: 'Record', fr: 'Registre des messages' },
  size: { en: 'Size', fr: 'Taille' },
  disk: { en: 'Disk', fr: 'Disque' },
  connections: { en: 'Sessions', fr: 'Sessions' },
  of: { en: 'of at most', fr: 'sur au plus' },
  versions: { en: 'Versions', fr: 'Versions' },
  schema: { en: 'Schema of the record', fr: 'Schéma du registre' },
  since: { en: 'since', fr: 'depuis le' },
  processes: { en: 'Processes on this record', fr: 'Processus sur ce registre' },
  backup: { en: 'Last good backup', fr: 'Dernière bonne sauvegarde' },
  noBackup: {
    en: 'None noted here (npm run backup notes its own)',
    fr: 'Aucune notée ici (npm run backup note les siennes)',
  },
  roles: { en: 'Roles of this process', fr: 'Rôles de ce processus' },
} as const satisfies Record<string, Text>

const disks = {
  enough: { en: 'Enough room', fr: 'Place suffisante' },
  low: {
    en: 'Low: under 10 % or 2 GiB are free. Under 1 GiB nothing more is accepted.',
    fr: 'Bientôt plein : moins de 10 % ou de 2 Gio libres. Sous 1 Gio, plus rien n’est accepté.',
  },
  full: {
    en: 'Full: under 1 GiB is free, and submissions are refused. Make room at once.',
    fr: 'Plein : moins de 1 Gio libre, les dépôts sont refusés. Libérez de la place immédiatement.',
  },
  unknown: {
    en: 'On another machine, or not watched (PASSERELLE_RECORD_DISK)',
    fr: 'Sur une autre machine, ou non surveillé (PASSERELLE_RECORD_DISK)',
  },
} as const satisfies Record<DiskState, Text>

const kinds = { redis: 'Redis', postgresql: 'PostgreSQL' } as const

/** What the gateway runs on: the queue, the record, and in which versions. */
export function machinePage(server: Server, show: Show, { config, operations }: Operating): void {
  server.get(
    '/machine',
    { config: { access: 'operator' }, schema: { hide: true } },
    show(async (view) => {
      const { say, time } = view
      const [overview, { record, queue, processes, backupAt }] = await Promise.all([
        operations.overview(),
        operations.machine(),
      ])
      const { depth } = overview.queue
      const workers = queue.workers === 0 ? say(words.noWorkers) : queue.workers
      return {
        section: '/machine',
        title: say(sections['/machine']),
        content: html`${heading(say(words.queue))}
${summary([
  [say(words.state), stateOf(view, overview.queue.reasons)],
  [say(words.kind), kinds[queue.kind]],
  [
    say(words.calls),
    depth === undefined
      ? say(words.noAnswer)
      : `${depth.waiting} ${say(words.waiting)}, ${depth.active} ${say(words.active)}, ${depth.delayed} ${say(words.delayed)}`,
  ],
  [say(words.workers), workers ?? say(words.noAnswer)],
])}
${lanes(view, overview)}
${heading(say(words.record))}
${summary([
  [say(words.state), stateOf(view, overview.record.reasons)],
  [say(words.size), sizeOf(view, record.bytes)],
  [say(words.disk), say(disks[overview.record.disk])],
  [say(words.backup), backupAt === undefined ? say(words.noBackup) : time(backupAt)],
  [say(words.connections), `${record.connections} ${say(words.of)} ${record.mostConnections}`],
  [say(words.schema), html`${code(record.migration)} ${say(words.since)} ${time(record.migratedAt)}`],
])}
${heading(say(words.versions))}
${summary([
  ['Passerelle', passerelle.version],
  ['Node.js', process.versions.node],
  ['PostgreSQL', record.version],
  [say(words.processes), processes.join(', ')],
  [say(words.roles), [...config.roles].join(', ')],
])}`,
      }
    }),
  )
}

const stateOf = ({ say }: View, reasons: Overview['queue']['reasons']): Html =>
  reasons.length === 0
    ? html`<strong class="govuk-tag govuk-tag--green console-tag">${say(words.works)}</strong>`
    : html`${reasons.map((reason) => html`<strong class="console-trouble">${say(healthWords[reason])}</strong> `)}`

function lanes(view: View, { agencies }: Overview): Html {
  const { say } = view
  const oldest = Math.max(-1, ...agencies.map(({ oldestWaitingSeconds = -1 }) => oldestWaitingSeconds))
  const sum = (of: (agency: Overview['agencies'][number]) => number): number =>
    agencies.reduce((total, agency) => total + of(agency), 0)
  return html`${table({
    caption: say(words.lanes),
    columns: [
      { title: say(words.priority) },
      { title: say(words.messages), number: true },
      { title: say(words.agencies), number: true },
    ],
    rows: priorities.map((priority) => [
      priorityTag(view, priority),
      sum(({ waiting }) => waiting[priority]),
      agencies.filter(({ waiting }) => waiting[priority] > 0).length,
    ]),
  })}
${paragraph(say(words.counted))}
${summary([
  [say(words.oldest), oldest === -1 ? say(words.nothing) : say(span(oldest * 1_000))],
  [say(words.inFlight), sum(({ inFlight }) => inFlight)],
  [say(words.retrying), sum(({ retrying }) => retrying)],
])}`
}

const MIB = 2 ** 20
const GIB = 2 ** 30

function sizeOf({ language }: View, bytes: number): string {
  const [unit, name] = bytes < GIB ? [MIB, language === 'fr' ? 'Mio' : 'MiB'] : [GIB, language === 'fr' ? 'Gio' : 'GiB']
  const number = (bytes / unit).toLocaleString(language === 'fr' ? 'fr-FR' : 'en-GB', { maximumFractionDigits: 1 })
  return `${number}\u00A0${name}`
}
