import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delayed } from 'node:timers/promises'
import { isMessage } from '../../../../sdk/validate/validate.ts'
import { createReceiver } from '../../../../sdk/endpoint.ts'
import { STRANGER } from '../../../../sdk/conformance/roles.ts'
import type { Parts } from '../../../../sdk/conformance/own/parts.ts'
import type { Envelope } from '../../../../sdk/message.ts'
import { SdkFault } from '../../../../sdk/problem.ts'
import { type Broken, pki } from '../play.ts'
import { believe } from './receipts.ts'

/** Clients that receive wrongly. */

/** Changes what is read, once it has been verified. */
const reading =
  (change: (envelope: Envelope) => Envelope) =>
  (parts: Parts): Parts => ({
    ...parts,
    verifyMessage: async (received, agency) => change(await parts.verifyMessage(received, agency)),
  })

const isOfAcknowledgement = (event?: string) => event === 'ContentHandover' || event === 'ConsignmentRejection'
const TAKING_MS = 150

export const brokenReceivers: readonly Broken[] = [
  {
    name: 'signs for its own spelling of a message',
    role: 'referrer',
    fails: ['acknowledge-digest', 'acknowledge-refused', 'acknowledge-later'],
    change: (parts) => ({
      ...parts,
      verifyReceipt: (receipt, expected) =>
        isOfAcknowledgement(expected.event) ? believe(receipt) : parts.verifyReceipt(receipt, expected),
      acknowledge: (received, outcome, more) => {
        const payload = Buffer.from(Buffer.from(received.bytes).toString('latin1').split('.')[1] ?? '', 'base64url')
        const bytes = Buffer.from(JSON.stringify(JSON.parse(payload.toString())))
        return parts.acknowledge({ ...received, bytes }, outcome, more)
      },
    }),
  },
  {
    name: 'acknowledges twice',
    role: 'coordinator',
    fails: ['acknowledge-once'],
    change: (parts) => ({
      ...parts,
      acknowledge: async (...acknowledged) => {
        await parts.acknowledge(...acknowledged)
        return parts.acknowledge(...acknowledged)
      },
    }),
  },
  {
    name: 'forgets what it has taken',
    role: 'status-checker',
    fails: ['duplicate-once', 'duplicate-after-crash', 'acknowledge-later'],
    change: (parts) => ({
      ...parts,
      inbox: (query) => {
        const { taken } = parts.keeping.kept
        for (const key of Object.keys(taken)) delete taken[key]
        return parts.inbox(query)
      },
    }),
  },
  {
    name: 'takes what came first',
    role: 'children-services',
    fails: ['inbox-priority'],
    change: (parts) => ({
      ...parts,
      inbox: async (query) => {
        const { page, limit = 100 } = query ?? {}
        const { messages } = await parts.inbox({ limit, after: page ?? '' })
        const last = messages.at(-1)
        return { messages, ...(last !== undefined && { next: last.cursor }) }
      },
    }),
  },
  {
    name: 'normalises names that it has read',
    role: 'referrer',
    fails: ['receive-name-combining'],
    change: reading((envelope) => JSON.parse(JSON.stringify(envelope).normalize('NFC')) as Envelope),
  },
  {
    name: 'stops at what its schemas do not know',
    role: 'coordinator',
    fails: ['release-unknown-code', 'release-unknown-member', 'release-unknown-type'],
    change: reading((envelope) => {
      if (isMessage(envelope)) return envelope
      throw new SdkFault('unexpected-answer')
    }),
  },
  {
    name: 'takes whatever bytes come for an attachment',
    role: 'status-checker',
    fails: ['attachment-wrong-digest', 'attachment-larger', 'attachment-smaller', 'push-hostile-attachment'],
    change: (parts) => ({
      ...parts,
      save: async (received, named) => {
        const pieces: Uint8Array[] = []
        try {
          for await (const piece of parts.client.attachment(received, named)) pieces.push(piece)
        } catch (fault) {
          if (!(fault instanceof SdkFault && fault.code === 'not-as-expected')) throw fault
        }
        const path = join(parts.folder, 'anything')
        await writeFile(path, Buffer.concat(pieces))
        return path
      },
    }),
  },
  {
    name: 'saves an attachment under its sender’s name',
    role: 'children-services',
    fails: ['attachment-name-path', 'attachment-name-control', 'attachment-name-direction'],
    change: (parts) => ({
      ...parts,
      save: async (received, named) => {
        const saved = await parts.save(received, named)
        const path = resolve(saved, '..', named.name)
        // It says so, and does it where it does no harm.
        if (/^[a-z.]+$/.test(named.name)) await parts.client.saveAttachment(received, named, path)
        return path
      },
    }),
  },
  {
    name: 'lets any agency push',
    role: 'coordinator',
    fails: ['push-stranger'],
    change: async (parts) => {
      const { signer, certificate: pem, notBefore, notAfter } = await (await pki).issue({ name: STRANGER, use: 'tls' })
      const stranger = { pem, thumbprint: signer.thumbprint, notBefore, notAfter, current: true }
      return {
        ...parts,
        receiver: (options) => {
          const wellKnown = async () => {
            const document = await options.client.wellKnown()
            return { ...document, tlsCertificates: [...document.tlsCertificates, stranger] }
          }
          return createReceiver({ ...options, client: { ...options.client, wellKnown } })
        },
      }
    },
  },
  {
    name: 'takes anew what is pushed again',
    role: 'referrer',
    fails: ['push-duplicate'],
    change: (parts) => ({
      ...parts,
      receiver: (options) =>
        createReceiver({
          ...options,
          memory: { get: () => undefined, set: () => undefined },
          // So long that what is pushed at once is still known to be under way.
          take: async (envelope, message) => {
            await delayed(TAKING_MS)
            return options.take(envelope, message)
          },
        }),
    }),
  },
]
