import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openBalancer } from '../../topology/balancer.ts'
import { freePort } from '../support/port.ts'

const HOST = '127.0.0.1'
const open: { close(): unknown }[] = []

afterEach(() => open.splice(0).forEach((one) => one.close()))

it('gives each backend its turn', async () => {
  const port = await balance([await answering('a'), await answering('b')])
  const answers = []
  for (let round = 0; round < 4; round++) answers.push(await say(port, 'x'))
  expect(answers).toEqual(['a:x', 'b:x', 'a:x', 'b:x'])
})

it('goes on to the next where one is down, without losing what the client has said already', async () => {
  const port = await balance([await freePort(), await answering('b')])
  for (let round = 0; round < 4; round++) expect(await say(port, 'hello')).toBe('b:hello')
})

it('ends the connection where all are down', async () => {
  const port = await balance([await freePort()])
  expect(await say(port, 'hello')).toBe('')
})

it('passes on a large body whose sender has ended its half', async () => {
  const port = await balance([await answering('a')])
  const body = 'é'.repeat(2_000_000)
  const answer = await say(port, body)
  expect(answer === `a:${body}`, `${answer.length} characters came back`).toBe(true)
})

it('ends the client when its backend breaks off', async () => {
  const port = await balance([await listening((socket) => void socket.once('data', () => socket.resetAndDestroy()))])
  const client = connect(port, HOST)
  client.write('hello')
  await expect(heard(client)).rejects.toMatchObject({ code: 'ECONNRESET' })
})

it('takes no new connection once closed, and lets those that stand finish', async () => {
  const backend = await answering('a')
  const balancer = await openBalancer({ host: HOST, port: 0 }, [{ host: HOST, port: backend }])
  const client = connect({ port: balancer.port, host: HOST, allowHalfOpen: true })
  client.write('hel')
  await once(client, 'connect')
  expect(await say(balancer.port, 'x')).toBe('a:x')
  balancer.close()
  const late = connect(balancer.port, HOST)
  expect(await once(late, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
  client.end('lo')
  expect(await heard(client)).toBe('a:hello')
})

async function balance(ports: readonly number[]): Promise<number> {
  const backends = ports.map((port) => ({ host: HOST, port }))
  const balancer = await openBalancer({ host: HOST, port: 0 }, backends)
  open.push(balancer)
  return balancer.port
}

/** A backend that answers when its client has said everything: its name, and what was said. */
function answering(name: string): Promise<number> {
  return listening((socket) => void heard(socket).then((said) => socket.end(`${name}:${said}`)))
}

async function listening(answer: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => answer(socket.on('error', () => undefined)))
  open.push(server)
  await once(server.listen(0, HOST), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}

/** Says something, ends its half, and gives the answer, empty where the connection was broken off. */
async function say(port: number, said: string): Promise<string> {
  const client = connect({ port, host: HOST, allowHalfOpen: true })
  client.end(said)
  return heard(client).catch(() => '')
}

/** All that the other side says until it ends its half. (Iterating a socket would close both halves.) */
async function heard(socket: Socket): Promise<string> {
  let said = ''
  socket.setEncoding('utf8').on('data', (part: string) => (said += part))
  await once(socket, 'end')
  return said
}
