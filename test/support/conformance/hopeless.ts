import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Adapter, Done, OpenAdapter } from '../../../sdk/conformance/adapter.ts'
import { newId } from '../../../sdk/sign.ts'
import { pki } from './play.ts'

/** Clients that do nothing at all: between them every case that can fail does. */

export const refusesAll: OpenAdapter = async () => ({
  do: async () => ({ refused: 'no' }),
  kill: async () => undefined,
})

/** Says of everything that it is done, and takes whatever anybody pushes to it. */
export const agreesToAll: OpenAdapter = async (): Promise<Adapter> => {
  const { certificate: cert, key } = await (await pki).issue({ name: 'an open door', use: 'server' })
  const server = createServer({ cert, key }, (_, response) => response.end())
  const listen = async (): Promise<Done> => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return { url: `https://localhost:${typeof address === 'object' ? address?.port : 0}` }
  }
  return {
    do: async (command) => ({
      done: command.do === 'listen' ? await listen() : { id: newId(), messages: [], receipts: [] },
    }),
    kill: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
