import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import type { Attachment, JsonObject } from '../sdk/index.ts'

/** Papers and photographs that messages carry, made here: small, synthetic, of nobody. */
export type Paper = { readonly content: Blob; readonly attachment: Attachment }

/** What a body says of a paper that its envelope names (`attachmentsUsed`). */
export function used({ attachment }: Paper, kind: string, containsHealthData: boolean, note?: string): JsonObject {
  return { digest: attachment.digest, kind, containsHealthData, ...(note !== undefined && { note }) }
}

/** A document of one page (PDF 1.4, ISO 32000-1) with these lines on it, in printable ASCII. */
function document(name: string, description: string, lines: readonly string[]): Paper {
  const shown = lines.map((line) => `(${line.replaceAll(/[\\()]/g, String.raw`\$&`)}) Tj T*`).join('\n')
  const text = `BT /F1 12 Tf 16 TL 72 760 Td\n${shown}\nET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
  ].map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`)
  const head = '%PDF-1.4\n'
  const starts = objects.map((_, at) => head.length + objects.slice(0, at).join('').length)
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const body = head + objects.join('')
  const end = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  const bytes = Buffer.from(`${body}xref\n0 ${size}\n0000000000 65535 f \n${table}${end}`, 'latin1')
  return paper(bytes, 'application/pdf', name, description)
}

/** What is drawn at a place of a picture, both from -1 to 1: red, green and blue. */
type Drawing = (x: number, y: number) => readonly [number, number, number]

const WALL = [214, 211, 201] as const
const SKIN = [168, 122, 92] as const
const DARK = [38, 32, 30] as const
const WOUND = [142, 43, 38] as const

/** A face that is nobody's, with a scar on its chin. */
const face: Drawing = (x, y) => {
  if (Math.hypot(x - 0.12, (y - 0.5) * 4) < 0.1) return WOUND
  if (Math.hypot(Math.abs(x) - 0.25, y + 0.15) < 0.07) return DARK
  if (Math.hypot(x, y) < 0.75) return y < -0.45 ? DARK : SKIN
  return WALL
}

/** A leg with a wound. */
const leg: Drawing = (x, y) => {
  if (Math.hypot(x * 1.5, y - 0.2) < 0.22) return WOUND
  return Math.abs(x) < 0.35 - y * 0.1 ? SKIN : WALL
}

const SIZE = 160
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** 8 bits a sample, true colour (PNG, third edition, section 11.2.1). */
const FORMAT = [8, 2, 0, 0, 0]

/** A picture (PNG, third edition). */
function picture(name: string, description: string, draw: Drawing): Paper {
  const place = (at: number): number => (2 * at) / SIZE - 1
  const steps = Array.from({ length: SIZE }, (_, at) => place(at))
  const rows = steps.flatMap((y) => [0, ...steps.flatMap((x) => draw(x, y))])
  const size = Buffer.alloc(8)
  size.writeUInt32BE(SIZE, 0)
  size.writeUInt32BE(SIZE, 4)
  const bytes = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([size, Buffer.from(FORMAT)])),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return paper(bytes, 'image/png', name, description)
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

function paper(bytes: Buffer<ArrayBuffer>, mediaType: string, name: string, description: string): Paper {
  const digest = `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`
  return {
    content: new Blob([bytes], { type: mediaType }),
    attachment: { digest, mediaType, size: bytes.length, name, description },
  }
}

export const faceWithScar = picture('photograph-1.png', 'Face', face)
export const woundedLeg = picture('injury-1.png', 'Left leg', leg)
export const clinicRecord = document('clinic-record-1.pdf', 'Record of the clinic in the camp', [
  'Clinic in the camp (synthetic). Record of a visit.',
  'Boy, about 10. Burn and open wound, left leg, from a gas canister.',
  'Left before it was dressed: an adult took him away.',
])
export const hospitalLetter = document('hospital-letter-1.pdf', 'Letter of the hospital in Calais', [
  'Hospital in Calais (synthetic). Discharge letter.',
  'Young man, 17. Palpitations and chest pain; treatment first declined, then accepted.',
  'To be seen by a cardiologist within two weeks.',
])
