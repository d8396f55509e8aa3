/** How large a picture is, read from its first bytes before anything is decoded: what is small as a file may be enormous as a picture. */
export type Size = { readonly width: number; readonly height: number }

/** More no camera makes, and no telephone decodes without harm. */
export const MOST_PIXELS = 50_000_000

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Takes the bytes of a PNG (RFC 2083) or a JPEG (ITU-T T.81); gives its size, or nothing for anything else. */
export function sizeOf(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (PNG.every((byte, at) => bytes[at] === byte))
    return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) }
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(view) : undefined
}

/** The first frame header (SOF), past whatever segments stand before it. */
function jpegSize(view: DataView): Size | undefined {
  for (let at = 2; at + 9 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** Whether a picture may be decoded here. */
export const isBearable = ({ width, height }: Size): boolean => width > 0 && height > 0 && width * height <= MOST_PIXELS
