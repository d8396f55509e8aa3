import type { Page } from 'playwright-core'

/** A picture with a place, a device and an orientation in it, as a telephone makes one. */
export async function photograph(page: Page): Promise<Buffer> {
  const drawn = await page.evaluate<string>(`(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 2600
    canvas.height = 1300
    const context = canvas.getContext('2d')
    context.fillStyle = '#c00'
    context.fillRect(0, 0, 1300, 1300)
    return canvas.toDataURL('image/jpeg').split(',')[1]
  })()`)
  const jpeg = Buffer.from(drawn, 'base64')
  // TIFF, little endian: make, orientation 6 (to be turned by a quarter), and a place.
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const made = Buffer.alloc(12)
    made.writeUInt16LE(tag, 0)
    made.writeUInt16LE(type, 2)
    made.writeUInt32LE(count, 4)
    made.writeUInt32LE(value, 8)
    return made
  }
  const MAKE_AT = 8 + 2 + 3 * 12 + 4
  const GPS_AT = MAKE_AT + 12
  const tiff = Buffer.concat([
    Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 3, 0]),
    entry(0x010f, 2, 12, MAKE_AT),
    entry(0x0112, 3, 1, 6),
    entry(0x8825, 4, 1, GPS_AT),
    Buffer.alloc(4),
    Buffer.from('SpyPhone 12\0'),
    Buffer.from([1, 0]),
    entry(0x0001, 2, 2, 0x4e),
    Buffer.alloc(4),
  ])
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), tiff])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(exif.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)])
}
