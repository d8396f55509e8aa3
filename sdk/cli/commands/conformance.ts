import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { adapterOf } from '../../conformance/process.ts'
import { byHand } from '../../conformance/by-hand.ts'
import type { Case } from '../../conformance/case.ts'
import { cases, casesOf } from '../../conformance/cases.ts'
import { realClock } from '../../conformance/clock.ts'
import { makePki } from '../../conformance/pki.ts'
import { toHtml } from '../../conformance/report/html.ts'
import { countsOf, type Report, reportOf, toJson, toJunit } from '../../conformance/report/report.ts'
import { states, verdicts } from '../../conformance/report/words.ts'
import { type Role, type RoleName, roleNames, roles } from '../../conformance/roles.ts'
import { type Result, runCases } from '../../conformance/run.ts'
import { addressOf, openWaitingEndpoint } from '../../conformance/waiting-endpoint.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, type Exit, exits } from '../exit.ts'
import { table } from '../terminal.ts'

/** How long one answer of a client may take, where nothing else is said: longer than any client waits for a gateway that says nothing. */
const LIMIT_S = 120

export const conformance: Command = {
  name: 'conformance',
  means: {
    en: 'Plays the gateway and the counterpart against your client or endpoint, on good days and on bad ones, and says what it does right. See docs/conformance.md.',
    fr: 'Joue la passerelle et le correspondant face à votre client ou à votre point d’accès, les bons jours et les mauvais, et dit ce qu’il fait bien. Voir docs/conformance.fr.md.',
  },
  count: [0, 0],
  options: {
    role: { value: 'ROLE', means: { en: roleNames.join(', '), fr: roleNames.join(', ') } },
    client: {
      value: 'COMMAND',
      means: {
        en: 'how to start your client’s adapter: a line of JSON in, a line out',
        fr: 'comment lancer l’adaptateur de votre client\u00a0: une ligne de JSON par demande et par réponse',
      },
    },
    endpoint: {
      value: 'URL',
      means: { en: 'your endpoint, which is pushed to', fr: 'votre point d’accès, vers lequel on pousse' },
    },
    'by-hand': {
      means: {
        en: 'no adapter: you are told what to do, and asked what happened',
        fr: 'sans adaptateur\u00a0: on vous dit quoi faire, et demande ce qui s’est passé',
      },
    },
    folder: {
      value: 'DIR',
      means: { en: 'where the keys for an endpoint are put', fr: 'où placer les clés d’un point d’accès' },
    },
    port: {
      value: 'PORT',
      means: { en: 'where an endpoint finds the gateway', fr: 'où un point d’accès trouve la passerelle' },
    },
    limit: {
      value: 'SECONDS',
      means: { en: `how long an answer may take (${LIMIT_S})`, fr: `durée maximale d’une réponse (${LIMIT_S})` },
    },
    only: { value: 'CASE', isRepeated: true, means: { en: 'this case alone', fr: 'ce cas seulement' } },
    list: { means: { en: 'lists the cases', fr: 'énumère les cas' } },
    report: {
      value: 'DIR',
      means: {
        en: 'writes the report there: HTML in both languages, JUnit XML, JSON',
        fr: 'y écrit le rapport\u00a0: HTML dans les deux langues, JUnit XML, JSON',
      },
    },
  },
  example: 'passerelle conformance --role referrer --client "node adapter.js" --report report',
  async run(call) {
    const role = roleOf(call)
    const chosen = choose(call, role)
    if (call.is('list')) return list(call, chosen)
    if (role === undefined) throw usage('--role', roleNames.join(', '))
    const results = await play(call, role, chosen)
    const report = reportOf(role, results, call.surroundings.now(), call.values('only').length > 0)
    const folder = call.value('report')
    if (folder !== undefined) await write(call, report, folder)
    return conclude(call, report)
  },
}

function usage(option: string, wanted: string): CommandFault {
  return new CommandFault(exits.usage, {
    en: `conformance: ${option} is ${wanted}`,
    fr: `conformance\u00a0: ${option} vaut ${wanted}`,
  })
}

function roleOf(call: Call): Role | undefined {
  const named = call.value('role')
  if (named === undefined) return undefined
  const known: Readonly<Record<string, Role>> = roles
  const role = Object.hasOwn(known, named) ? known[named as RoleName] : undefined
  if (role === undefined) throw usage('--role', roleNames.join(', '))
  return role
}

function choose(call: Call, role: Role | undefined): readonly Case[] {
  const all = role === undefined ? cases : casesOf(role.name)
  const only = call.values('only')
  const unknown = only.find((id) => !all.some((one) => one.id === id))
  if (unknown !== undefined)
    throw new CommandFault(exits.usage, {
      en: `No case ${unknown}; --list names them`,
      fr: `Aucun cas ${unknown}\u202f; --list les énumère`,
    })
  return only.length === 0 ? all : all.filter(({ id }) => only.includes(id))
}

function list({ terminal }: Call, chosen: readonly Case[]): Exit {
  const { of, paint } = terminal
  const rank = { required: paint.strong('●'), advisory: paint.faint('○') }
  terminal.say(table(chosen.map((one) => [rank[one.rank], one.id, String(one.section), of(one.title)])))
  terminal.json({
    cases: chosen.map(({ id, section, rank, on, title, why }) => ({ id, section, rank, on, title, why })),
  })
  return exits.done
}

async function play(call: Call, role: Role, chosen: readonly Case[]): Promise<readonly Result[]> {
  const { terminal, surroundings, signal } = call
  const { of, paint } = terminal
  const [command, url] = [call.value('client'), call.value('endpoint')]
  const isByHand = call.is('by-hand')
  if (command === undefined && url === undefined && !isByHand)
    throw new CommandFault(exits.usage, {
      en: 'conformance: say what to try: --client COMMAND, --endpoint URL or --by-hand',
      fr: 'conformance\u00a0: indiquer ce qui doit être essayé\u00a0: --client COMMANDE, --endpoint URL ou --by-hand',
    })
  const limitMs = wholeNumber(call, 'limit', LIMIT_S) * 1000
  const port = wholeNumber(call, 'port', 0)
  const address = url === undefined ? undefined : addressOf(url)
  const open = command === undefined ? (isByHand ? byHand(call) : undefined) : adapterOf(command)
  const pki = await makePki(surroundings.now())
  const shared = { role, pki, limitMs }
  const endpoint =
    address === undefined ? undefined : await openWaitingEndpoint(call, { ...shared, clock: realClock, address, port })
  const tried = chosen.filter(({ on }) =>
    on === 'client' ? open !== undefined : endpoint !== undefined || open !== undefined,
  )
  let done = 0
  try {
    return await runCases({
      ...shared,
      clock: () => realClock,
      cases: tried,
      signal,
      ...(open !== undefined && { open: () => open }),
      ...(endpoint !== undefined && { endpoint: { url: endpoint.url, stage: endpoint.stage } }),
      onBegin: ({ id }) => terminal.progress(`${done + 1}/${tried.length} ${id}`),
      onEnd: ({ case: one, state, text }) => {
        done++
        const paints = {
          passed: paint.good,
          failed: one.rank === 'required' ? paint.bad : paint.warn,
          'not-tried': paint.faint,
        }
        terminal.say(`${paints[state](states[state].mark)} ${one.id}  ${paint.faint(of(one.title))}`)
        if (text !== undefined && state === 'failed') terminal.say(`    ${of(text)}`)
      },
    })
  } finally {
    await endpoint?.close()
  }
}

function wholeNumber(call: Call, name: string, otherwise: number): number {
  const given = call.value(name)
  if (given === undefined) return otherwise
  if (!/^\d{1,5}$/.test(given)) throw usage(`--${name}`, '0…99999')
  return Number(given)
}

async function write({ terminal }: Call, report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const files = {
    'conformance.en.html': toHtml(report, 'en'),
    'conformance.fr.html': toHtml(report, 'fr'),
    'conformance.xml': toJunit(report),
    'conformance.json': `${JSON.stringify(toJson(report), null, 2)}\n`,
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const list = Object.keys(files).join(', ')
  terminal.note({ en: `${folder}: ${list}`, fr: `${folder}\u00a0: ${list}` })
}

function conclude({ terminal }: Call, report: Report): Exit {
  const { of, paint } = terminal
  const counts = countsOf(report.results)
  const { short, long } = verdicts[report.verdict]
  const paints = { conforms: paint.good, 'does-not-conform': paint.bad, incomplete: paint.warn }
  const parts = (['passed', 'failed', 'not-tried'] as const).map((state) => `${counts[state]} ${of(states[state])}`)
  terminal.say('')
  terminal.say(`${paints[report.verdict](paint.strong(of(short)))}  ${parts.join(', ')}`)
  terminal.say(of(long))
  terminal.json(toJson(report))
  // Who asked for some cases alone wants to know of those.
  const isGood = report.isPartial ? counts.passed === report.results.length : report.verdict === 'conforms'
  return isGood ? exits.done : exits.invalid
}
