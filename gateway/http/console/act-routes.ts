import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { setTimeout as wait } from 'node:timers/promises'
import type { Text } from '../../base/base.ts'
import { type ActName, acts, type Decision, type Performed, type Subjects } from '../../operations/operations.ts'
import { Problem, problems } from '../../protocol/protocol.ts'
import { isOutage } from '../../record/record.ts'
import { operatorOf, thumbprintOf } from '../caller.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actForm, type FormFault, type Typed } from './act-form.ts'
import { type Params, type SubjectPages, subjects } from './act-subjects.ts'
import { actWords } from './act-words.ts'
import { html } from './html.ts'
import type { Page, Section } from './layout.ts'
import { readForm, timeOfDay } from './read-form.ts'
import type { Show } from './show.ts'
import type { Bound } from './token.ts'
import { secondOperator } from './second-operator.ts'
import { type View, viewOf } from './view.ts'

const words = {
  expired: {
    en: 'This form was open for too long. Look whether it still holds, and confirm again.',
    fr: 'Ce formulaire est resté ouvert trop longtemps. Vérifiez qu’il est toujours valable, puis confirmez de nouveau.',
  },
  forged: {
    en: 'This form was not made for you. Nothing was done: look at it, and confirm it yourself.',
    fr: 'Ce formulaire n’a pas été établi pour vous. Rien n’a été fait\u00A0: vérifiez-le et confirmez-le vous-même.',
  },
  paused: {
    en: 'Deliveries to this agency are paused: resume them first.',
    fr: 'Les envois à cet organisme sont suspendus\u00A0: reprenez-les d’abord.',
  },
  justDone: {
    en: 'The same was done within the last minute: look at what came of it, and try again when the minute is over.',
    fr: 'La même chose a été faite il y a moins d’une minute : voyez-en le résultat, et réessayez une fois la minute écoulée.',
  },
  unchanged: { en: 'Nothing was left to do.', fr: 'Il n’y avait plus rien à faire.' },
  outage: {
    en: 'The record takes no writes just now. Nothing was done: try again in a moment.',
    fr: 'Le registre des messages n’accepte aucune écriture pour l’instant. Rien n’a été fait\u00A0: réessayez dans un moment.',
  },
} as const satisfies Record<string, Text>

/** Where an act's form belongs in the menu. */
const SECTIONS: Readonly<Record<keyof Subjects, Section>> = {
  message: '/messages',
  agency: '/agencies',
  caseId: '/cases',
  shift: '/handover',
  alarm: '/',
  log: '/log',
}

/** What goes on in turns goes on without whoever asked for it: they are told after so long that it has begun. */
const PATIENCE_MS = 2_000
/** What is read of a form at all; what is too long for its field is shown there. */
const LARGEST_FIELD = 20_000
const field = Type.Optional(Type.String({ maxLength: LARGEST_FIELD }))
const body = Type.Object({ token: Type.String({ maxLength: 200 }), code: field, reason: field, rang: field })

type Asked<Of extends keyof Subjects> = {
  readonly name: ActName
  readonly pages: SubjectPages<Of>
  readonly parts: Operating
  readonly params: Params
  readonly path: string
  readonly bound: Bound
}

/** For each act of the table its form and what the form asks for; the checks, the leaf and the second operator are the act's own. */
export function actFormRoutes(server: Server, show: Show, parts: Operating): void {
  // What these pages find is what they show and act on, whichever they are.
  for (const name of Object.keys(acts) as ActName[])
    addAct(server, show, parts, name, subjects[acts[name].about] as SubjectPages<keyof Subjects>)
}

function addAct<Of extends keyof Subjects>(
  server: Server,
  show: Show,
  parts: Operating,
  name: ActName,
  pages: SubjectPages<Of>,
): void {
  const url = `${pages.path}/${name}`
  const askedBy = (request: FastifyRequest): Asked<Of> => {
    if (operatorOf(request).role === 'watch') throw new Problem('not-permitted')
    const [path = ''] = request.url.split('?')
    const bound = { operator: operatorOf(request).id, certificate: thumbprintOf(request), act: name, path }
    return { name, pages, parts, params: request.params as Params, path, bound }
  }
  const config = { access: 'operator', uncompressed: true } as const
  server.get(
    url,
    { config, schema: { hide: true, params: pages.params } },
    show((view, request) => formPage(askedBy(request), view, {}, [])),
  )
  server.post(url, { config, schema: { hide: true, params: pages.params, body } }, async (request, reply) => {
    const { token, ...typed } = request.body
    const asked = askedBy(request)
    const read = parts.formTokens.read(asked.bound, token, parts.now())
    if (read === undefined) return await again(403, [{ says: words.forged }])
    if (read.isOver) return await again(400, [{ says: words.expired }], read.id)
    return await attemptTo(read.id)

    async function again(status: number, faults: readonly FormFault[], id?: string): Promise<FastifyReply> {
      return await show((view) => formPage(asked, view, typed, faults, id))(request, reply.code(status))
    }

    async function attemptTo(id: string): Promise<FastifyReply> {
      const subject = await pages.find(parts, asked.params)
      const { timeZone } = viewOf(request)
      const form = readForm(name, typed, { timeZone, now: parts.now(), since: pages.since(subject) })
      if (form.faults !== undefined) return await again(400, form.faults, id)
      const outcome = await perform(asked, subject, { ...form.decision, operator: operatorOf(request), id })
      if ('says' in outcome) return await again(outcome.status, [outcome], id)
      return reply.redirect(outcome.leadsTo, 303)
    }
  })
}

type Outcome = { readonly leadsTo: string } | (FormFault & { readonly status: number })

/** Does it; gives where to read what has been done, or why nothing has. */
async function perform<Of extends keyof Subjects>(
  { name, pages, parts }: Asked<Of>,
  subject: Subjects[Of],
  decision: Decision & { readonly id: string },
): Promise<Outcome> {
  try {
    const doing = pages.perform(parts, name, subject, decision)
    const goesOn: Promise<'goes on'> = wait(PATIENCE_MS, 'goes on')
    const done: Performed | 'goes on' = await ('inTurns' in acts[name] ? Promise.race([doing, goesOn]) : doing)
    const leadsTo = `/acts/${decision.id}`
    if (done === 'goes on') {
      doing.catch((error: unknown) => parts.log.error({ err: error, act: name }, 'an act that went on in turns failed'))
      return { leadsTo }
    }
    if (done.pending) return { leadsTo: (await parts.operations.acts.find(decision.id)) ? leadsTo : '/pending' }
    if (done.changed > 0 || done.repeated) return { leadsTo }
    return { status: 409, says: done.stopped === 'paused' ? words.paused : words.unchanged }
  } catch (error) {
    if (error instanceof Problem) {
      if (error.code === 'rate-limited') return { status: error.status, says: words.justDone }
      const { title, remedy } = problems[error.code]
      return { status: error.status, says: { en: `${title.en}. ${remedy.en}`, fr: `${title.fr}. ${remedy.fr}` } }
    }
    if (isOutage(error)) return { status: 503, says: words.outage }
    throw error
  }
}

async function formPage<Of extends keyof Subjects>(
  { name, pages, parts, params, path, bound }: Asked<Of>,
  view: View,
  typed: Typed,
  faults: readonly FormFault[],
  id?: string,
): Promise<Page> {
  const now = parts.now()
  const subject = await pages.find(parts, params)
  const about = await pages.show(parts, view, subject, name)
  const second = await secondOperator(parts, view, name, params)
  const form = {
    name,
    path,
    token: parts.formTokens.give(bound, now, id),
    about: html`${about}${second}`,
    typed: { rang: timeOfDay(now, view.timeZone), ...typed },
    faults,
    back: pages.back(name, params),
  }
  return { section: SECTIONS[acts[name].about], title: view.say(actWords[name].title), content: actForm(view, form) }
}
