/** `npm run demo`: a gateway, ten agencies, one child through all of Figure 1, the scenarios, and the report's 196 children. Exits 0 only if all is as it should be. */

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { agencyIds, ctac } from './agencies.ts'
import { eachBounded } from './board.ts'
import { cohortSteps, countReceived, parseCohort } from './cohort.ts'
import { keepEvidence } from './evidence.ts'
import { leaveDesk } from './desk.ts'
import { disagreements, figures } from './figure.ts'
import { playScenario } from './play.ts'
import { scenarios } from './scenarios/all.ts'
import { figure1 } from './scenarios/figure1.ts'
import { openScreen } from './screen.ts'
import { playStep } from './step.ts'
import { startThread } from './thread.ts'
import { playWeekend } from './weekend.ts'
import { chooseLanguage } from './words.ts'
import { type World, withWorld } from './world.ts'

/** sysexits.h */
const EXIT_USAGE = 64
/** Children under way at once: enough to keep two processors busy. */
const CHILDREN_AT_ONCE = 16

/** @param evidence the folder in which evidence bundles of the scenarios are to be kept */
async function playAll(world: World, evidence: string | undefined): Promise<void> {
  const { screen } = world
  screen.line(screen.words.started)
  screen.line(screen.words.legend)
  await playScenario(world, figure1)
  for (const scenario of scenarios) {
    await playScenario(world, scenario)
    if (scenario.id === 'S6') await playWeekend(world)
  }
  if (evidence !== undefined) screen.line(`\n${screen.words.kept(await keepEvidence(world, evidence), evidence)}`)
  screen.line(`\n${screen.words.others}`)
  await playCohort(world)
  checkFeeds(world)
}

/** The report's cohort, and its figures counted from what the advice centre received. */
async function playCohort(world: World): Promise<void> {
  const { screen } = world
  screen.heading('196', screen.words.cohort)
  const rows = parseCohort(await readFile(new URL('cohort.csv', import.meta.url), 'utf8'))
  const bar = screen.progress(rows.length)
  const cases = new Set<string>()
  await eachBounded(rows, CHILDREN_AT_ONCE, async (row) => {
    const thread = startThread()
    cases.add(thread.refs.case('child'))
    for (const step of cohortSteps(row)) await playStep(world, step, thread)
    bar.tick()
  })
  bar.done()
  const received = world.actor(ctac).received.map(({ envelope }) => envelope)
  const count = countReceived(received.filter(({ caseId }) => cases.has(caseId)))
  screen.line(`${screen.words.counted}\n`)
  for (const line of figures(count, screen.language)) screen.line(line)
  const faults = disagreements(count)
  if (faults.length > 0) throw new Error(`${screen.words.disagree}: ${faults.join('; ')}`)
  screen.line(`\n${screen.words.agree}`)
}

/** Each message that was accepted has each receipt once, in its sender's feed. */
function checkFeeds(world: World): void {
  for (const id of agencyIds) {
    for (const [messageId, receipts] of world.actor(id).feed) {
      const events = receipts.map(({ event }) => event).filter((event) => event !== 'SubmissionRejection')
      if (new Set(events).size !== events.length)
        throw new Error(`message ${messageId} has a receipt twice: ${events.join(', ')}`)
    }
  }
}

async function main(): Promise<number> {
  const { evidence, desk = false } = readOptions()
  const screen = openScreen(chooseLanguage(process.argv, process.env), process.stdout, process.stderr)
  const stop = new AbortController()
  let isInterrupted = false
  const interrupt = () => {
    isInterrupted = true
    stop.abort(new Error(screen.words.interrupted))
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const started = performance.now()
  screen.line(`${screen.words.intro}\n${screen.words.starting}`)
  try {
    if (desk) await withWorld(screen, stop, leaveDesk, { PASSERELLE_DESK: 'on' })
    else
      await withWorld(screen, stop, async (world) => {
        await playAll(world, evidence)
        const { messages, receipts } = world.tally
        screen.line(screen.words.summary(messages, receipts, Math.round((performance.now() - started) / 1000)))
      })
    return 0
  } catch (fault) {
    // The desk is there until somebody has tried it enough.
    if (desk && isInterrupted) return 0
    const reason: unknown = stop.signal.reason
    const lastWords = fault instanceof Error ? fault.message : ''
    process.stderr.write(
      `${lastWords}\n${screen.words.failed}: ${reason instanceof Error ? reason.message : String(reason)}\n`,
    )
    return 1
  }
}

function readOptions(): { readonly evidence?: string | undefined; readonly desk?: boolean | undefined } {
  const options = {
    en: { type: 'boolean' },
    fr: { type: 'boolean' },
    evidence: { type: 'string' },
    desk: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch {
    process.stderr.write('usage: npm run demo -- [--en | --fr] [--evidence FOLDER | --desk]\n')
    return process.exit(EXIT_USAGE)
  }
}

process.exitCode = await main()
