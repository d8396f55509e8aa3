/** The SDK's own adapter as a process: `passerelle conformance --role referrer --client "node …/conformance/own/main.js"`. */
import { createInterface } from 'node:readline'
import type { Adapter } from '../adapter.ts'
import { commandOf, openOwnClient } from './client.ts'

let client: Adapter | undefined
for await (const line of createInterface({ input: process.stdin })) {
  const command = commandOf(line)
  if (command.do === 'open') client = await openOwnClient(command)
  const answer = command.do === 'open' ? { done: {} } : await client?.do(command)
  process.stdout.write(`${JSON.stringify(answer ?? { unknown: true })}\n`)
}
await client?.kill()
