import type { CaseView } from '../../sdk/browser.ts'
import type { Sent } from '../sending/outgoing.ts'
import { writeWhen } from '../sending/moments.ts'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import type { Session } from '../shell/session.ts'
import { readingWords } from '../words/reading.ts'
import { FollowUps } from './follow-ups.tsx'
import { agencyName, hereOf, typeName } from './names.ts'
import { localIdOf, type Received } from './received.ts'
import { useKept, useKnown, useLine } from './use-kept.ts'

type State = CaseView['messages'][number]['state']

/** One message of a case, sent or received. */
type Event = {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly at: string
  readonly state?: State
  /** Where it can be read on this device, or from the inbox. */
  readonly href?: string
}
type Case = { readonly events: readonly Event[]; readonly isWhole: boolean; readonly last?: Sent }

/** A case as a time line: what was sent and what was received, oldest first. Its address is that of one of its messages. */
export function CaseScreen({ session, params, go }: ScreenProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords).case
  const published = useKnown(session)
  const isOnline = useLine()
  const [found] = useKept(session, () => readCase(session, params['id'] ?? ''))
  const here = hereOf(session, language)
  const name = (id: string): string => (id === session.agency ? say.you : agencyName(published, id, language))
  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      {found?.events.length === 0 && <p class="govuk-body">{say.notHere}</p>}
      {found !== undefined && !found.isWhole && found.events.length > 0 && !isOnline && (
        <p class="govuk-inset-text">{say.someOnly}</p>
      )}
      <ol class="govuk-list desk-line">
        {found?.events.map((event) => (
          <li
            key={`${event.from} ${event.messageId}`}
            class={event.from === session.agency ? 'desk-mine' : 'desk-theirs'}
          >
            <span class="govuk-hint desk-inline">{writeWhen(new Date(event.at), here)}</span>
            <br />
            {event.href === undefined ? (
              typeName(event.type, language)
            ) : (
              <a class="govuk-link" href={event.href}>
                {typeName(event.type, language)}
              </a>
            )}
            <br />
            {name(event.from)} → {name(event.to)}
            {event.state !== undefined && <span class="govuk-hint desk-inline"> · {say.states[event.state]}</span>}
          </li>
        ))}
      </ol>
      {found !== undefined && found.events.length > 0 && (
        <p class="govuk-body desk-not-printed">
          <a class="govuk-link" href={`#/write/about/${params['id'] ?? ''}`}>
            {say.write}
          </a>
        </p>
      )}
      {found?.last !== undefined && <FollowUps session={session} sent={found.last} go={go} />}
    </>
  )
}

/** Puts together what the gateway says of a case and what this device keeps of it: each alone is enough. */
async function readCase(session: Session, id: string): Promise<Case> {
  const { vault, client } = session
  const [sent, received] = await Promise.all([vault.list<Sent>('sent'), vault.list<Received>('received')])
  const caseId =
    sent.find(({ value }) => value.id === id)?.value.envelope?.caseId ??
    received.find(({ value }) => value.id === id)?.value.envelope?.caseId
  if (caseId === undefined) return { events: [], isWhole: false }
  const events = new Map<string, Event>()
  for (const { value } of sent) {
    const { envelope } = value
    if (envelope?.caseId !== caseId) continue
    const { from, to, type } = envelope
    const event = { messageId: envelope.id, from, to, type, at: value.sentAt, href: `#/outgoing/${value.id}` }
    events.set(`${from} ${envelope.id}`, event)
  }
  for (const { value } of received) {
    const { envelope, messageId, from } = value
    if (envelope?.caseId !== caseId || value.doubt !== undefined) continue
    const at = value.acceptedAt ?? value.readAt
    events.set(`${from} ${messageId}`, {
      messageId,
      from,
      to: envelope.to,
      type: envelope.type,
      at,
      href: `#/read/${value.id}`,
    })
  }
  const last = sent
    .map(({ value }) => value)
    .filter(({ envelope }) => envelope?.caseId === caseId)
    .toSorted((one, other) => one.sentAt.localeCompare(other.sentAt))
    .at(-1)
  const told = await client.case(caseId, { signal: AbortSignal.timeout(20_000) }).catch(() => undefined)
  for (const { messageId, from, to, type, acceptedAt, state } of told?.messages ?? []) {
    const key = `${from} ${messageId}`
    const kept = events.get(key)
    const toRead = to === session.agency ? { href: `#/read/${await localIdOf(from, messageId)}` } : {}
    events.set(key, {
      messageId,
      from,
      to,
      type,
      at: acceptedAt,
      state,
      ...toRead,
      ...(kept?.href && { href: kept.href }),
    })
  }
  return {
    events: [...events.values()].toSorted((one, other) => one.at.localeCompare(other.at)),
    isWhole: told !== undefined,
    ...(last !== undefined && { last }),
  }
}
