import { Buffer } from 'node:buffer'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWebhookSecrets, signWebhook } from '../../gateway/operations/alarm-webhook.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'

const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
const at = new Date(1_614_265_330_000)
const body = Buffer.from('{"test": 2432232314}')

describe('a post is signed', () => {
  test('as the example of Standard Webhooks', () => {
    expect(signWebhook([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, body)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  test('by both secrets while one takes the place of the other, and by none of them for another body', () => {
    const both = signWebhook([secret, Buffer.alloc(32)], 'a', at, body)['webhook-signature'].split(' ')
    expect(both).toHaveLength(2)
    expect(both[0]).toBe(signWebhook([secret], 'a', at, body)['webhook-signature'])
    for (const other of [
      signWebhook([secret], 'b', at, body),
      signWebhook([secret], 'a', new Date(at.getTime() + 1000), body),
      signWebhook([secret], 'a', at, Buffer.from('{}')),
    ])
      expect(both).not.toContain(other['webhook-signature'])
  })
})

describe('the secret’s file', () => {
  let folder: TemporaryFolder
  beforeAll(async () => void (folder = await temporaryFolder()))
  afterAll(() => folder.remove())

  async function read(text: string, mode = 0o600): Promise<readonly Buffer[]> {
    const file = join(folder.path, 'secret')
    await writeFile(file, text)
    await chmod(file, mode)
    return await readWebhookSecrets({ alarmWebhookSecretFile: file })
  }
  const line = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`

  test.each([
    ['one line', `${line(24)}\n`, 1],
    ['two', `${line(64)}\r\n${line(32)}\r\n`, 2],
  ])('holds %s', async (_, text, many) => {
    expect(await read(text)).toHaveLength(many)
  })

  test.each([
    ['too short', line(23)],
    ['too long', line(65)],
    ['without its prefix', Buffer.alloc(32).toString('base64')],
    ['empty', ''],
    ['three lines', [line(24), line(24), line(24)].join('\n')],
  ])('is refused where it is %s, and not repeated', async (_, text) => {
    await expect(read(text)).rejects.toThrow(/^PASSERELLE_ALARM_WEBHOOK_SECRET: .* must hold whsec_ and 24 to 64 bytes/)
  })

  test('is refused where others may read it, and where there is none', async () => {
    await expect(read(line(32), 0o644)).rejects.toThrow(/is open to others/)
    await expect(readWebhookSecrets({ alarmWebhookSecretFile: undefined })).rejects.toThrow(
      'PASSERELLE_ALARM_WEBHOOK_SECRET must name a file: what PASSERELLE_ALARM_WEBHOOK is sent is signed',
    )
  })
})
