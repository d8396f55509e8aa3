import { useEffect, useState } from 'preact/hooks'
import type { Attachment, Client } from '../../sdk/browser.ts'
import { joined } from '../../sdk/streams.ts'
import { neutralName } from '../sending/outgoing.ts'
import { useLanguage } from '../shell/language.ts'
import { readingWords } from '../words/reading.ts'
import { isBearable, sizeOf } from './picture.ts'
import { Said } from './said.tsx'

type Message = { readonly from: string; readonly messageId: string }
type AttachmentsProps = {
  readonly client: Client
  readonly message: Message
  readonly attachments: readonly Attachment[]
}

/** What came with a message: pictures are shown when somebody asks for them, all else can only be saved. */
export function Attachments({ client, message, attachments }: AttachmentsProps) {
  const say = useLanguage().words(readingWords).message
  return (
    <section class="desk-group">
      <h2 class="govuk-heading-m">{say.attachments}</h2>
      <p class="govuk-hint">{say.saveWarning}</p>
      <ul class="govuk-list desk-cards">
        {attachments.map((attachment) => (
          <li key={attachment.digest}>
            <One client={client} message={message} attachment={attachment} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const KINDS: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/heic': 'HEIC',
  'application/pdf': 'PDF',
  'text/plain': 'TXT',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
}
/** What a browser may decode. */
const PICTURES = new Set(['image/jpeg', 'image/png'])
const MEBIBYTE = 1024 * 1024

type Stand = 'idle' | 'fetching' | 'too-large' | 'broken'

function One({
  client,
  message,
  attachment,
}: Omit<AttachmentsProps, 'attachments'> & { readonly attachment: Attachment }) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const [stand, setStand] = useState<Stand>('idle')
  const [shown, setShown] = useState<string>()
  useEffect(() => () => shown && URL.revokeObjectURL(shown), [shown])
  const { mediaType, digest, size, description } = attachment
  const name = neutralName(mediaType, digest)
  const large =
    size < MEBIBYTE
      ? `${Math.ceil(size / 1024)} KiB`
      : `${(size / MEBIBYTE).toLocaleString(language, { maximumFractionDigits: 1 })} MiB`

  const act = async (use: (bytes: Uint8Array<ArrayBuffer>) => Promise<Stand>): Promise<void> => {
    setStand('fetching')
    setStand(await fetchAll(client, message, attachment).then(use, () => 'broken' as const))
  }
  const show = (): Promise<void> =>
    act(async (bytes) => {
      const measured = sizeOf(bytes)
      if (measured === undefined) return 'broken'
      if (!isBearable(measured)) return 'too-large'
      setShown(URL.createObjectURL(await redrawn(bytes)))
      return 'idle'
    })
  const save = (): Promise<void> =>
    act(async (bytes) => {
      saveAs(new Blob([bytes], { type: 'application/octet-stream' }), name)
      return 'idle'
    })

  return (
    <>
      <p class="govuk-body desk-tight">
        <Said text={description} />
        <br />
        <span class="govuk-hint desk-inline">{say.attachmentAbout(KINDS[mediaType] ?? mediaType, large)}</span>
      </p>
      {stand === 'fetching' && <p role="status">{say.fetching}</p>}
      {stand === 'too-large' && <p class="govuk-inset-text">{say.tooLarge}</p>}
      {stand === 'broken' && <p class="govuk-inset-text">{say.broken}</p>}
      {shown !== undefined && <img class="desk-picture" src={shown} alt={say.picture} />}
      <div class="govuk-button-group desk-acts">
        {PICTURES.has(mediaType) && shown === undefined && (
          <button
            type="button"
            class="govuk-button govuk-button--secondary"
            disabled={stand === 'fetching'}
            onClick={() => void show()}
          >
            {say.show} <span class="govuk-visually-hidden">{name}</span>
          </button>
        )}
        <button
          type="button"
          class="govuk-button govuk-button--secondary"
          disabled={stand === 'fetching'}
          onClick={() => void save()}
        >
          {say.save} <span class="govuk-visually-hidden">{name}</span>
        </button>
      </div>
    </>
  )
}

/** All bytes of an attachment; they are what its sender named, or it throws. The sizes that a message may name bound them. */
async function fetchAll(
  client: Client,
  { from, messageId }: Message,
  named: Attachment,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  for await (const piece of client.attachment({ from, id: messageId }, named)) pieces.push(piece)
  return joined(pieces)
}

const LARGEST_SIDE = 1600

/** Decodes a picture and draws it anew, small: what is shown is made here, and nothing that was hidden in the file is left. */
async function redrawn(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const bitmap = await createImageBitmap(new Blob([bytes]))
  try {
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height))
    const [width, height] = [
      Math.max(1, Math.round(bitmap.width * scale)),
      Math.max(1, Math.round(bitmap.height * scale)),
    ]
    const canvas = new OffscreenCanvas(width, height)
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, width, height)
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })
  } finally {
    bitmap.close()
  }
}

/** Gives a file to whoever sits there, by the browser's own way. */
export function saveAs(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
