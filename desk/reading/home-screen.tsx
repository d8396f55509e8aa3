import { useEffect, useState } from 'preact/hooks'
import type { Receipt } from '../../sdk/browser.ts'
import { payloadOf } from '../sending/feed.ts'
import { inOrder, type Waiting } from '../sending/outbox.ts'
import type { Outgoing, Sent } from '../sending/outgoing.ts'
import { sayLong, sayWhen } from '../sending/moments.ts'
import { standing, tellReceipt } from '../sending/told.ts'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import type { Session } from '../shell/session.ts'
import { readingWords } from '../words/reading.ts'
import { forMe, type ForMe, hasAnswer, unanswered, type Unanswered } from './home.ts'
import { agencyName, agencyOf, hereOf, rows, tellingOf, typeName } from './names.ts'
import { type Inbox, keptInbox, lookIntoInbox, type Received } from './received.ts'
import { useKept, useKnown, useMinutes } from './use-kept.ts'

/** So often the inbox is looked into while somebody looks at it. */
const LOOK_MS = 30_000
const MOST_SENT = 20

/** Where a day begins: what waits, who has not answered, what is being written, what is on its way. */
export function Home({ session }: ScreenProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords)
  const published = useKnown(session)
  useMinutes()
  const [inbox, isOld] = useInbox(session)
  const [kept] = useKept(session, () => readKept(session))
  const here = hereOf(session, language)
  const kind = agencyOf(published, session.agency)?.kind
  const lead = kind === undefined ? undefined : (say.leads as Readonly<Record<string, string>>)[kind]
  const name = (id: string): string => agencyName(published, id, language)
  const telling = tellingOf(session, published, language)
  const children = kept === undefined ? [] : unanswered(kept.sent, kept.received, rows, here.now)
  const troubles = kept === undefined ? [] : elsewhere(kept, session.agency)

  return (
    <>
      <h1 class="govuk-heading-l">{say.home}</h1>
      {lead !== undefined && <p class="govuk-body">{lead}</p>}
      {session.signer === undefined && (
        <p class="govuk-inset-text">
          {say.noKey}{' '}
          <a class="govuk-link" href="#/keys">
            {say.keyLink}
          </a>
        </p>
      )}
      <p class="govuk-body">
        <a class="govuk-button" href="#/write">
          {say.begin}
        </a>
      </p>
      <h2 class="govuk-heading-m">{say.waiting}</h2>
      {isOld && <p class="govuk-hint">{say.noAnswer}</p>}
      {inbox !== undefined && (
        <>
          {inbox.entries.length === 0 && <p class="govuk-body">{say.nothingWaits}</p>}
          <ul class="govuk-list desk-cards">
            {forMe(inbox.entries, here.now).map((entry) => (
              <li key={entry.id}>
                <a class="govuk-link" href={`#/read/${entry.id}`}>
                  {say.from(typeName(entry.type, language), name(entry.from))}
                </a>
                <Pressing entry={entry} />
              </li>
            ))}
          </ul>
          <p class="govuk-hint">{say.lookedAt(sayWhen(new Date(inbox.at), here))}</p>
        </>
      )}
      {troubles.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{say.owed}</h2>
          <ul class="govuk-list desk-cards">
            {troubles.map((receipt) => {
              const { says, does } = tellReceipt(receipt, telling)
              return (
                <li key={receipt.receiptId}>
                  {typeName(receipt.type ?? '', language)}: {says} <strong>{does}</strong>
                </li>
              )
            })}
          </ul>
        </>
      )}
      {kept !== undefined && <Kept kept={kept} children={children} session={session} name={name} />}
      <p class="govuk-body">
        <a class="govuk-link" href="#/proof">
          {say.proofLink}
        </a>
      </p>
    </>
  )
}

/** What is said of messages that this device did not send, and still holds: an answer that is owed, what another system of the agency sent in vain. */
function elsewhere({ sent, received }: KeptThings, agency: string): readonly Receipt[] {
  return sent
    .filter(({ envelope }) => envelope === undefined)
    .flatMap(({ receipts }) => {
      const told = receipts.flatMap(({ compact }) => payloadOf(compact) ?? [])
      const [first] = told
      const { messageId = '', from = '', to = '' } = first ?? {}
      const isOurs = to === agency
      const replies = isOurs ? sent : received
      return standing(told, hasAnswer(replies, messageId, isOurs ? agency : to) && from !== '')
    })
}

function Pressing({ entry }: { readonly entry: ForMe }) {
  const { language, words } = useLanguage()
  const say = words(readingWords)
  const colour = entry.priority === 'immediate' ? 'red' : entry.priority === 'urgent' ? 'orange' : 'grey'
  const { minutesLeft } = entry
  return (
    <div class="desk-pressing">
      <strong class={`govuk-tag govuk-tag--${colour}`}>{say[entry.priority]}</strong>{' '}
      <span class={minutesLeft < 0 ? 'desk-late' : 'desk-left'}>
        {minutesLeft < 0 ? say.over(sayLong(-minutesLeft, language)) : say.left(sayLong(minutesLeft, language))}
      </span>
    </div>
  )
}

type KeptThings = {
  readonly drafts: readonly { readonly id: string; readonly value: Outgoing }[]
  readonly outbox: readonly Waiting[]
  readonly sent: readonly Sent[]
  readonly received: readonly Received[]
}

async function readKept({ vault }: Session): Promise<KeptThings> {
  const [drafts, outbox, sent, received] = await Promise.all([
    vault.list<Outgoing>('drafts'),
    vault.list<Waiting>('outbox'),
    vault.list<Sent>('sent'),
    vault.list<Received>('received'),
  ])
  return {
    drafts,
    outbox: inOrder(outbox.map(({ value }) => value)),
    sent: sent.map(({ value }) => value).toSorted((one, other) => other.sentAt.localeCompare(one.sentAt)),
    received: received.map(({ value }) => value),
  }
}

type KeptProps = {
  readonly kept: KeptThings
  readonly children: readonly Unanswered<Sent>[]
  readonly session: Session
  readonly name: (id: string) => string
}

function Kept({ kept, children, session, name }: KeptProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords)
  const here = hereOf(session, language)
  const toWhom = (type: string, to: string): string => say.to(typeName(type, language), name(to))
  return (
    <>
      <h2 class="govuk-heading-m">{say.children}</h2>
      {children.length === 0 && <p class="govuk-body">{say.noChildren}</p>}
      <ul class="govuk-list desk-cards">
        {children.map(({ sent, minutesLeft }) => (
          <li key={sent.id}>
            <a class="govuk-link" href={`#/outgoing/${sent.id}`}>
              {toWhom(sent.envelope?.type ?? '', sent.envelope?.to ?? '')}
            </a>{' '}
            <span class="govuk-hint desk-inline">{say.sentAt(sayWhen(new Date(sent.sentAt), here))}</span>{' '}
            {minutesLeft !== undefined && (
              <span class={minutesLeft < 0 ? 'desk-late' : 'desk-left'}>
                {minutesLeft < 0
                  ? say.answerLate(sayLong(-minutesLeft, language))
                  : say.answerIn(sayLong(minutesLeft, language))}
              </span>
            )}
          </li>
        ))}
      </ul>
      <h2 class="govuk-heading-m">{say.drafts}</h2>
      {kept.drafts.length === 0 && <p class="govuk-body">{say.noDrafts}</p>}
      <ul class="govuk-list desk-cards">
        {kept.drafts.map(({ id, value }) => (
          <li key={id}>
            <a class="govuk-link" href={`#/write/${id}`}>
              {toWhom(value.type, value.to)}
            </a>
          </li>
        ))}
      </ul>
      {kept.outbox.length > 0 && <h2 class="govuk-heading-m">{say.outbox}</h2>}
      <ul class="govuk-list desk-cards">
        {kept.outbox.map(({ id, envelope }) => (
          <li key={id}>
            <a class="govuk-link" href={`#/outgoing/${id}`}>
              {toWhom(envelope.type, envelope.to)}
            </a>
          </li>
        ))}
      </ul>
      {kept.sent.some(({ envelope }) => envelope !== undefined) && <h2 class="govuk-heading-m">{say.sent}</h2>}
      <ul class="govuk-list desk-cards">
        {kept.sent.slice(0, MOST_SENT).map((sent) => (
          <SentLine key={sent.id} sent={sent} received={kept.received} session={session} toWhom={toWhom} />
        ))}
      </ul>
    </>
  )
}

type SentLineProps = {
  readonly sent: Sent
  readonly received: readonly Received[]
  readonly session: Session
  readonly toWhom: (type: string, to: string) => string
}

/** One message that went out, with what was said of it last. */
function SentLine({ sent, received, session, toWhom }: SentLineProps) {
  const { language } = useLanguage()
  const published = useKnown(session)
  if (sent.envelope === undefined) return null
  const isAnswered = hasAnswer(received, sent.messageId, sent.envelope.to)
  const told = standing(
    sent.receipts.flatMap(({ compact }) => payloadOf(compact) ?? []),
    isAnswered,
  ).at(-1)
  const { says, does, tone } = told === undefined ? {} : tellReceipt(told, tellingOf(session, published, language))
  return (
    <li>
      <a class="govuk-link" href={`#/outgoing/${sent.id}`}>
        {toWhom(sent.envelope.type, sent.envelope.to)}
      </a>
      <br />
      <span class={tone === 'bad' ? 'desk-late' : 'govuk-hint desk-inline'}>{says}</span>{' '}
      {does && <strong>{does}</strong>}
    </li>
  )
}

/** What waits: as it was kept at once, then as it is, looked for again while somebody looks. */
function useInbox(session: Session): readonly [inbox: Inbox | undefined, isOld: boolean] {
  const [inbox, setInbox] = useState<Inbox>()
  const [isOld, setOld] = useState(false)
  useEffect(() => {
    let isOver = false
    const look = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return
      try {
        const found = await lookIntoInbox(session)
        if (isOver) return
        setInbox(found)
        setOld(false)
      } catch {
        if (!isOver) setOld(true)
      }
    }
    keptInbox(session).then(
      (kept) => !isOver && kept && setInbox(kept),
      () => undefined,
    )
    void look()
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [session])
  return [inbox, isOld]
}
