import { createHash } from 'node:crypto'
import type { S3 } from '@aws-sdk/client-s3'
import type { S3Address, S3Credentials } from './s3-address.ts'

/** Each of several attempts may take so long to connect, and wait so long for a byte. */
const CONNECT_MS = 5_000
const IDLE_MS = 20_000
const ATTEMPTS = 3
const CONNECTIONS = 64
/** A file of credentials that has changed is heeded by then. */
const CREDENTIALS_MS = 60_000

/**
 * Makes the client of an S3-compatible store; the SDK is loaded only here. Nothing of it comes from the environment or from files
 * of AWS's own tools.
 */
export async function makeClient(address: S3Address, credentials: () => Promise<S3Credentials>): Promise<S3> {
  const { S3 } = await import('@aws-sdk/client-s3')
  const agent = { keepAlive: true, maxSockets: CONNECTIONS }
  const client = new S3({
    endpoint: address.endpoint,
    region: address.region,
    forcePathStyle: true,
    credentials: async () => ({ ...(await credentials()), expiration: new Date(Date.now() + CREDENTIALS_MS) }),
    // Stores that are not AWS's own seldom know its newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    retryMode: 'standard',
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS, httpAgent: agent, httpsAgent: agent },
  })
  // All stores check it where it is sent, so that nothing is kept that has changed on its way; some demand it where objects are deleted.
  client.middlewareStack.add(
    (next) => async (args) => {
      if (isSending(args.request)) {
        args.request.headers['content-md5'] = createHash('md5').update(args.request.body).digest('base64')
      }
      return await next(args)
    },
    { step: 'build', name: 'contentMd5' },
  )
  return client
}

type Sending = { readonly headers: Record<string, string>; readonly body: string | Uint8Array }

function isSending(request: unknown): request is Sending {
  if (typeof request !== 'object' || request === null || !('headers' in request && 'body' in request)) return false
  return request.body instanceof Uint8Array || (typeof request.body === 'string' && request.body !== '')
}
