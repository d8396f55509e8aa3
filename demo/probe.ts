import { buffer } from 'node:stream/consumers'
import { newId, signEnvelope } from '../sdk/index.ts'
import { isAgency } from './compose.ts'
import { type Played, refusalOf } from './step.ts'
import { sentIn, type Thread } from './thread.ts'
import type { ProbeStep } from './scenario.ts'
import type { World } from './world.ts'

/** Tries something with a message that was sent, as a partner's software or somebody curious may. Throws where the gateway doesn't answer as it should. */
export async function probe(world: World, step: ProbeStep, thread: Thread): Promise<Played> {
  const { envelope, message, step: original } = sentIn(thread.sent, step.of)
  const call = { signal: world.signal }
  const sender = world.actor(original.from)
  const { signer } = world.identity(original.from)
  const sentBack = async (attempt: Promise<unknown>) => {
    const { problem } = await refusalOf(attempt, step.expect ?? '')
    return { mark: '↩', note: `${world.screen.words.sentBack}${world.screen.words.colon} ${problem.title}` }
  }

  if (step.probe === 'same-bytes') {
    const { replayed } = await sender.client.submit(message, call)
    if (!replayed) throw new Error('the same bytes were accepted twice')
    return { mark: '✓' }
  }
  if (step.probe === 'other-bytes') {
    const other = await signEnvelope({ ...envelope, priority: 'routine' }, signer, new Date())
    return sentBack(sender.client.submit(other, call))
  }
  if (step.probe === 'new-id') {
    const again = { ...envelope, id: newId() }
    const copy = await signEnvelope(again, signer, new Date())
    sender.sent.set(again.id, copy)
    await sender.client.submit(copy, call)
    world.tally.messages += 1
    if (!isAgency(original.to)) throw new Error(`nobody plays ${original.to}`)
    await world.actor(original.to).arrivals.wait(`${original.from} ${again.id}`)
    await sender.evidence.wait(`${again.id} ContentHandover`)
    return { mark: '✓' }
  }
  if (step.probe === 'disguised-paper') {
    const page = new Blob(['<!doctype html><title>A photograph</title>'], { type: 'image/jpeg' })
    return sentBack(sender.client.attach(page, { name: 'photograph-2.jpg', description: 'Face', ...call }))
  }
  if (step.by === undefined) throw new Error('nobody tries it')
  const { client } = world.actor(step.by)
  if (step.probe === 'other-acknowledgement') {
    const received = { from: original.from, id: envelope.id, bytes: Buffer.from(message) }
    return sentBack(client.acknowledge(received, 'accepted', call))
  }
  const [paper] = original.papers ?? []
  if (step.probe === 'paper') {
    if (paper === undefined) throw new Error('it came with nothing')
    const reading = buffer(client.attachment({ from: original.from, id: envelope.id }, paper.attachment, call))
    await refusalOf(reading, step.expect ?? '')
    return { mark: '↩', note: world.screen.words.notFound }
  }
  await refusalOf(client.read({ from: original.from, messageId: envelope.id }, call), step.expect ?? '')
  return { mark: '↩', note: world.screen.words.notFound }
}
