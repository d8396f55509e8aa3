import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { ConfigurationFault } from '../gateway/base/base.ts'

/** Longer ones are cut off by the system (`sun_path`, 104 bytes on BSD), and would be another socket. */
const LONGEST_PATH = 100

/**
 * Takes a witness's folder for this process: two that signed from one folder could sign two histories. The lock is a socket in it,
 * at which nobody answers any more once its process has ended, however that came.
 * @throws ConfigurationFault where another process has it
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = join(folder, 'lock')
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new ConfigurationFault(`WITNESS_DATA: its path is too long: ${LONGEST_PATH} bytes at most, with «/lock»`)
  if (await isAnswered(path)) throw new ConfigurationFault(`WITNESS_DATA: another process runs on ${folder}`)
  await rm(path, { force: true })
  const server = createServer((socket) => socket.destroy()).listen(path)
  await once(server, 'listening')
  server.unref()
  return {
    async release() {
      server.close()
      await once(server, 'close')
    },
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
