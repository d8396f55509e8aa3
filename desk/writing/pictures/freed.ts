/** A picture is drawn anew and nothing else of its file is kept: neither place, device nor time (EXIF), nor what another program hid in it. */

/** Its longer side: enough to read a paper, or to see an injury. */
const LONGEST = 2_000
const QUALITY = 0.85

/** Takes a picture file; gives it as a JPEG, upright as its camera meant it, undefined where the browser cannot read it. */
export async function freed(file: Blob): Promise<Blob | undefined> {
  const seen = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined)
  if (seen === undefined) return undefined
  const scale = Math.min(1, LONGEST / Math.max(seen.width, seen.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(seen.width * scale))
  canvas.height = Math.max(1, Math.round(seen.height * scale))
  const context = canvas.getContext('2d')
  if (context === null) return undefined
  // What is clear would be black in a JPEG.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(seen, 0, 0, canvas.width, canvas.height)
  seen.close()
  return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', QUALITY))
}
