import type { InboxEntry } from '../../answers.ts'
import { labels } from '../../generated/labels.ts'
import type { Text } from '../../problem.ts'
import type { Call, Command } from '../command.ts'
import { exits } from '../exit.ts'
import { table, type Terminal } from '../terminal.ts'

const head: readonly Text[] = [
  { en: 'priority', fr: 'priorité' },
  { en: 'waiting', fr: 'depuis' },
  { en: 'from', fr: 'de' },
  { en: 'type', fr: 'type' },
  { en: 'id', fr: 'identifiant' },
]

export const inbox: Command = {
  name: 'inbox',
  means: {
    en: 'Lists what waits to be read, the most pressing first.',
    fr: 'Affiche ce qui attend d’être lu, le plus pressant d’abord.',
  },
  count: [0, 0],
  options: {
    desk: { value: 'ID', means: { en: 'of one desk alone', fr: 'd’un seul service' } },
    follow: {
      short: 'f',
      means: {
        en: 'goes on as messages arrive, until Ctrl-C',
        fr: 'continue à mesure que les messages arrivent, jusqu’à Ctrl-C',
      },
    },
    after: {
      value: 'CURSOR',
      means: {
        en: 'with --follow: only what came later',
        fr: 'avec --follow\u00a0: seulement ce qui est arrivé ensuite',
      },
    },
  },
  example: 'passerelle inbox',
  async run(call) {
    return call.is('follow') ? await follow(call) : await list(call)
  },
}

async function list(call: Call) {
  const { terminal } = call
  const client = await call.client()
  const messages: InboxEntry[] = []
  const desk = call.value('desk')
  for (let page: string | undefined = ''; page !== undefined; ) {
    const query = { limit: 100, signal: call.signal, ...(page !== '' && { page }), ...(desk !== undefined && { desk }) }
    const answer = await client.inbox(query)
    messages.push(...answer.messages)
    page = answer.next
  }
  const now = call.surroundings.now()
  if (messages.length === 0) terminal.say({ en: 'Nothing waits.', fr: 'Rien n’attend.' })
  else {
    const title = head.map((text) => terminal.paint.strong(terminal.of(text)))
    terminal.say(table([title, ...messages.map((entry) => rowOf(entry, now, terminal))]))
    const [first] = messages
    const said = `passerelle read ${first?.from} ${first?.messageId}`
    terminal.say({ en: `\nTo read the first: ${said}`, fr: `\nPour lire le premier\u00a0: ${said}` })
  }
  terminal.json({ messages })
  return exits.done
}

async function follow(call: Call) {
  const { terminal, signal } = call
  const client = await call.client()
  const [after, desk] = [call.value('after'), call.value('desk')]
  const place = { ...(after !== undefined && { after }), ...(desk !== undefined && { desk }) }
  for await (const entry of client.followInbox({
    ...place,
    signal,
    onFault: (fault) => terminal.note(fault.message),
  })) {
    terminal.say(rowOf(entry, call.surroundings.now(), terminal).join('  '))
    terminal.json(entry)
  }
  return exits.done
}

function rowOf(entry: InboxEntry, now: Date, { paint, of }: Terminal): readonly string[] {
  const { priority, type } = entry
  const named = of(labels.priority.codes[priority]).split(/\s?:/, 1)[0] ?? priority
  const titles: Readonly<Record<string, Text>> = labels.messageType.codes
  const title = titles[type]
  return [
    priority === 'immediate' ? paint.bad(named) : priority === 'urgent' ? paint.warn(named) : named,
    ageOf(now.getTime() - Date.parse(entry.acceptedAt)),
    entry.from,
    title === undefined ? type : of(title),
    entry.messageId,
  ]
}

/** Minutes, hours or days, whole. */
export function ageOf(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`
}
