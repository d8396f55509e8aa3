import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const A = 1
const NAME_ERROR = 3
const SERVER_FAILURE = 2

export type NameServer = AsyncDisposable & {
  readonly address: string
  /** How many questions came. */
  asked(): number
}

/** Starts a DNS server (RFC 1035, 4.1) on UDP that has IPv4 addresses; `undefined` is a server failure, `silence` no answer. */
export async function startNameServer(
  answer: (name: string) => { address: string; ttl: number } | 'absent' | 'failure' | 'silence',
): Promise<NameServer> {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (query, from) => {
    asked += 1
    const [labels, end] = readName(query)
    const found = answer(labels.join('.'))
    if (found === 'silence') return
    const question = query.subarray(12, end + 4)
    const has = typeof found === 'object' && query.readUInt16BE(end) === A
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | (found === 'absent' ? NAME_ERROR : found === 'failure' ? SERVER_FAILURE : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(has ? 1 : 0, 6)
    socket.send(Buffer.concat([head, question, has ? record(found) : Buffer.alloc(0)]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function record({ address, ttl }: { address: string; ttl: number }): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt16BE(0xc00c, 0)
  bytes.writeUInt16BE(A, 2)
  bytes.writeUInt16BE(1, 4)
  bytes.writeUInt32BE(ttl, 6)
  bytes.writeUInt16BE(4, 10)
  bytes.set(address.split('.').map(Number), 12)
  return bytes
}

/** The labels of the question's name, and where it ends. */
function readName(query: Buffer): [string[], number] {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return [labels, at + 1]
}
