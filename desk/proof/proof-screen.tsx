import { useRef, useState } from 'preact/hooks'
import { hereOf, tellingOf } from '../reading/names.ts'
import { Said } from '../reading/said.tsx'
import { saveAs } from '../reading/attachments.tsx'
import { useKept, useKnown } from '../reading/use-kept.ts'
import { tellReceipt } from '../sending/told.ts'
import { FileField } from '../shell/fields.tsx'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import type { Session } from '../shell/session.ts'
import { proofWords } from '../words/proof.ts'
import { believe, believed, forgetBrought } from './believed.ts'
import { readTrust, type Verdict, verifyFile } from './verify.ts'

/** A receipt or a bundle is dropped here, verified without a line, and told as a story. */
export function ProofScreen({ session }: ScreenProps) {
  const say = useLanguage().words(proofWords)
  const [verdict, setVerdict] = useState<Verdict | 'working'>()
  const [isOver, setOver] = useState(false)
  const [whom, again] = useKept(session, () => believed(session))
  const last = useRef<File | undefined>(undefined)

  const verify = async (file: File | undefined): Promise<void> => {
    last.current = file
    if (file === undefined) return setVerdict(undefined)
    setVerdict('working')
    setVerdict(await verifyFile(file, await believed(session)))
  }
  const changed = async (): Promise<void> => {
    again()
    await verify(last.current)
  }
  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      <p class="govuk-body">{say.lead}</p>
      <section
        class={`desk-drop${isOver ? ' desk-drop--over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void verify(event.dataTransfer?.files[0])
        }}
      >
        <FileField id="proof" label={say.file} accept=".json,.jws,.jose,.txt" onChoose={(file) => void verify(file)} />
        <p class="govuk-hint">{say.drop}</p>
      </section>
      <div role="status" id="verdict">
        {verdict === 'working' && <p class="govuk-body">{say.working}</p>}
        {verdict !== undefined && verdict !== 'working' && <Shown verdict={verdict} session={session} />}
      </div>
      <h2 class="govuk-heading-m">{say.believe}</h2>
      <p class="govuk-body">{say.believeLead}</p>
      {whom !== undefined && (
        <p class="govuk-body">
          {say.anchors(whom.anchors.length)} {say.noted(whom.logKeys.length)}
        </p>
      )}
      <Trust session={session} onChange={changed} />
    </>
  )
}

function Trust({ session, onChange }: { readonly session: Session; readonly onChange: () => Promise<void> }) {
  const say = useLanguage().words(proofWords)
  const [fault, setFault] = useState<string>()
  const [isKept, setKept] = useState(false)
  const bring = async (file: File | undefined): Promise<void> => {
    const read = file === undefined ? undefined : readTrust(await file.text())
    setFault(file !== undefined && read === undefined ? say.notTrust : undefined)
    setKept(read !== undefined)
    if (read === undefined) return
    await believe(session, read)
    await onChange()
  }
  const forget = async (): Promise<void> => {
    await forgetBrought(session)
    setKept(false)
    await onChange()
  }
  return (
    <>
      <FileField
        id="trust"
        label={say.trustFile}
        accept=".crt,.pem,.cer,.json"
        fault={fault}
        onChoose={(file) => void bring(file)}
      />
      <p role="status">{isKept ? say.kept : ''}</p>
      <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void forget()}>
        {say.forget}
      </button>
    </>
  )
}

function Shown({ verdict, session }: { readonly verdict: Verdict; readonly session: Session }) {
  const { language, words } = useLanguage()
  const say = words(proofWords)
  const published = useKnown(session)
  switch (verdict.is) {
    case 'bundle': {
      const { story, html } = verdict.evidence
      const save = (): void => saveAs(new Blob([html[language]], { type: 'text/html' }), 'evidence.html')
      return (
        <>
          <h2 class="govuk-heading-m desk-genuine">{say.genuine}</h2>
          <Story text={story[language]} />
          <button type="button" class="govuk-button govuk-button--secondary" onClick={save}>
            {say.save}
          </button>
        </>
      )
    }
    case 'receipt': {
      const { receipt } = verdict
      const { says } = tellReceipt(receipt, {
        ...tellingOf(session, published, language),
        ...hereOf(session, language),
      })
      return (
        <>
          <h2 class="govuk-heading-m desk-genuine">{say.genuine}</h2>
          <p class="govuk-body">
            <strong>{says}</strong>
          </p>
          <p class="govuk-body">{say.receiptGenuine(receipt.gateway)}</p>
          {receipt.messageId !== undefined && <p class="govuk-body">{say.about(receipt.messageId)}</p>}
          <p class="govuk-body desk-code">{say.digest(receipt.messageDigest)}</p>
        </>
      )
    }
    case 'refused':
      return (
        <div class="govuk-error-summary">
          <h2 class="govuk-error-summary__title">{say.notProven}</h2>
          <p class="govuk-body">
            {say.why} {verdict.text[language]} <code class="desk-code">{verdict.code}</code>
          </p>
          {verdict.where !== '' && <p class="govuk-body">{say.where(verdict.where)}</p>}
        </div>
      )
    default: {
      const plain = {
        neither: say.neither,
        'no-anchors': say.noAnchors,
        'nothing-known': say.nothingKnown,
        'too-large': say.tooLarge,
      }
      return <p class="govuk-inset-text">{plain[verdict.is]}</p>
    }
  }
}

/** The story as the verifier tells it: chapters, each a title and its sentences. */
function Story({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('\n\n').map((chapter) => {
        const [title = '', ...lines] = chapter.split('\n')
        return (
          <section key={title} class="desk-group">
            <h3 class="govuk-heading-s">{title}</h3>
            <ul class="govuk-list govuk-list--bullet desk-story">
              {lines.map((line) => (
                <li key={line}>
                  <Said text={line.replace(/^- /, '')} />
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </>
  )
}
