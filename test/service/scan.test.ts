import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type Scanner, ScannerAway } from '../../gateway/attachments/scan.ts'
import { MALWARE, startClamd, type TestClamd } from '../support/clamd.ts'
import { temporaryFolder } from '../support/folder.ts'
import { makeZip } from '../support/papers.ts'
import { freePort } from '../support/port.ts'

/** What is said of a content in chunks of one size. */
async function scan(scanner: Scanner, content: Buffer, chunkBytes = 65_536): Promise<'clean' | 'infected'> {
  const its = scanner.begin()
  for (let at = 0; at < content.length; at += chunkBytes) await its.write(content.subarray(at, at + chunkBytes))
  return await its.end()
}

describe('a real clamd', () => {
  let clamd: TestClamd
  let scanner: Scanner
  beforeAll(async () => {
    clamd = await startClamd('StreamMaxLength 25M', 'MaxFileSize 26M', 'MaxScanSize 100M')
    scanner = openScanner({ path: clamd.socket })
  })
  afterAll(() => clamd[Symbol.asyncDispose]())

  test('says of each content what it is, over a socket and over TCP', async () => {
    for (const one of [scanner, openScanner({ host: '127.0.0.1', port: clamd.port })]) {
      expect(await scan(one, Buffer.from('an innocent letter'))).toBe('clean')
      expect(await scan(one, Buffer.from(`before ${MALWARE} after`))).toBe('infected')
      expect(await scan(one, Buffer.alloc(0))).toBe('clean')
    }
  })

  test('finds what lies across chunks, and in a document', async () => {
    const content = Buffer.from(`before ${MALWARE} after`)
    for (const chunkBytes of [1, 7, 20]) expect(await scan(scanner, content, chunkBytes)).toBe('infected')
    expect(await scan(scanner, makeZip([{ name: 'word/document.xml', bytes: MALWARE }]))).toBe('infected')
  })

  test('takes the largest attachment, and finds its end', async () => {
    const content = randomBytes(25 * 1024 * 1024)
    expect(await scan(scanner, content)).toBe('clean')
    content.write(MALWARE, content.length - MALWARE.length)
    expect(await scan(scanner, content)).toBe('infected')
  })

  test('what is longer than it takes is not said to be clean', async () => {
    await expect(scan(scanner, randomBytes(25 * 1024 * 1024 + 1))).rejects.toThrow(ScannerAway)
  })

  test('many at once are not mixed up', async () => {
    const contents = [...Array(12).keys()].map((at) =>
      Buffer.concat([randomBytes(200_000), Buffer.from(at % 3 === 0 ? MALWARE : 'nothing')]),
    )
    const said = await Promise.all(contents.map((content) => scan(scanner, content)))
    expect(said).toEqual(contents.map((_, at) => (at % 3 === 0 ? 'infected' : 'clean')))
  })

  test('one that is given up leaves it working', async () => {
    const its = scanner.begin()
    await its.write(Buffer.from('half'))
    its.abort()
    await expect(its.end()).rejects.toThrow(ScannerAway)
    expect(await scan(scanner, Buffer.from(MALWARE))).toBe('infected')
  })

  test('goes away in the middle and comes back', async () => {
    const its = scanner.begin()
    await its.write(Buffer.from('half'))
    await clamd.stop()
    await expect(its.end()).rejects.toThrow(ScannerAway)
    await expect(scan(scanner, Buffer.from('letter'))).rejects.toThrow(ScannerAway)
    await expect(scanner.ping()).rejects.toThrow(ScannerAway)
    await clamd.start()
    expect(await scan(scanner, Buffer.from('letter'))).toBe('clean')
  })
})

describe('something else than clamd', () => {
  const short = { connectMs: 200, takeMs: 200, verdictMs: 200 }

  /** A server that answers as it is told. */
  async function odd(onSocket: (socket: Socket) => void) {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      onSocket(socket.on('error', () => undefined))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return {
      scanner: openScanner({ host: '127.0.0.1', port: address.port }, short),
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy()
        server.close()
        await once(server, 'close')
      },
    }
  }

  test.each([
    ['stream: OK but not to its end', 'stream: OK '],
    ['another word', 'stream: FINE\0'],
    ['the word of another command', 'OK\0'],
    ['found nothing', 'stream:  FOUND\0'],
    ['an error', 'INSTREAM size limit exceeded. ERROR\0'],
    ['nothing', ''],
    ['no end', 'x'.repeat(100_000)],
  ])('%s is no verdict', async (_, says) => {
    await using it = await odd((socket) => socket.on('data', (bytes: Buffer) => ends(bytes) && socket.write(says)))
    await expect(scan(it.scanner, Buffer.from('letter'))).rejects.toThrow(ScannerAway)
  })
  const ends = (bytes: Buffer) => bytes.subarray(-4).equals(Buffer.alloc(4))

  test('a word before the end is no verdict on the whole', async () => {
    await using it = await odd((socket) => socket.once('data', () => socket.write('stream: OK\0')))
    const its = it.scanner.begin()
    await expect(
      (async () => {
        for (;;) await its.write(Buffer.alloc(1024))
      })(),
    ).rejects.toThrow(ScannerAway)
  })

  test('one that takes nothing, or hangs up, holds nobody up', async () => {
    await using deaf = await odd((socket) => socket.pause())
    await expect(scan(deaf.scanner, randomBytes(20_000_000))).rejects.toThrow('does not take a chunk within 200 ms')
    await using gone = await odd((socket) => socket.destroy())
    await expect(scan(gone.scanner, Buffer.from('letter'))).rejects.toThrow(ScannerAway)
  })

  test('nothing at all is away', async () => {
    await using folder = await temporaryFolder()
    for (const address of [{ host: '127.0.0.1', port: await freePort() }, { path: join(folder.path, 'none.sock') }]) {
      await expect(scan(openScanner(address), Buffer.from('letter'))).rejects.toThrow(ScannerAway)
    }
  })
})
