import { createServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Issuer } from '../../certs-dev/pki.ts'
import { answerWith, type Endpoint } from '../support/endpoint.ts'
import { at, message, openPushing, type Pushing } from '../support/pushing.ts'

let pushing: Pushing
beforeAll(async () => {
  pushing = await openPushing()
})
afterEach(() => pushing.reset())
afterAll(() => pushing.close())

describe('the endpoint’s certificate', () => {
  const expectFault = async (endpoint: Endpoint, detail: string, anchors: Issuer = pushing.root) => {
    expect(await pushing.startPusher().push(at(endpoint.url, anchors), message)).toEqual({ kind: 'retry', detail })
    expect(endpoint.seen).toEqual([])
  }

  test('must chain to the anchors named, whomever the gateway trusts otherwise', async () => {
    await expectFault(await pushing.start(answerWith(204)), 'certificate-untrusted', pushing.stranger)
  })

  test('must name the host', async () => {
    await expectFault(await pushing.start(answerWith(204), {}, '127.0.0.2'), 'certificate-of-other-host')
  })

  test('must be current', async () => {
    const leaf = await pushing.issueTls(pushing.intermediate, 'endpoint', pushing.expired)
    await expectFault(await pushing.start(answerWith(204), { leaf }), 'certificate-not-current')
  })

  test('must be offered over TLS 1.3', async () => {
    await expectFault(await pushing.start(answerWith(204), { maxVersion: 'TLSv1.2' }), 'tls-failed')
  })

  test('may have an anchor of its own that the trust folder does not know', async () => {
    const endpoint = await pushing.start(answerWith(204), { leaf: await pushing.issueTls(pushing.stranger) })
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.stranger), message)).toMatchObject({
      kind: 'taken',
    })
  })

  test('may itself be the anchor, or its intermediate', async () => {
    const leaf = await pushing.issueTls(pushing.intermediate)
    const endpoint = await pushing.start(answerWith(204), { leaf })
    const pusher = pushing.startPusher()
    expect(await pusher.push(at(endpoint.url, leaf.pem), message)).toMatchObject({ kind: 'taken' })
    expect(await pusher.push(at(endpoint.url, pushing.intermediate), message)).toMatchObject({ kind: 'taken' })
  })

  test('once revoked gets nothing more, not even over a connection that stands', async () => {
    const leaf = await pushing.issueTls(pushing.intermediate)
    const endpoint = await pushing.start(answerWith(204), { leaf })
    const pusher = pushing.startPusher()
    expect(await pusher.push(at(endpoint.url, pushing.root), message)).toMatchObject({ kind: 'taken' })
    await pushing.revoke(pushing.intermediate, 'intermediate.crl', 2, [leaf.serial])
    expect(await pusher.push(at(endpoint.url, pushing.root), message)).toEqual({
      kind: 'retry',
      detail: 'certificate-revoked',
    })
    expect(endpoint.seen).toHaveLength(1)
  })

  test('may be revoked by an issuer that is no anchor of the gateway’s', async () => {
    const leaf = await pushing.issueTls(pushing.stranger)
    await pushing.revoke(pushing.stranger, 'stranger.crl', 1, [leaf.serial])
    await expectFault(await pushing.start(answerWith(204), { leaf }), 'certificate-revoked', pushing.stranger)
  })

  test.each(['revoked', 'of another host', 'untrusted'])(
    'that is %s costs not a byte of the message',
    async (fault) => {
      const leaf = await pushing.issueTls(fault === 'untrusted' ? pushing.stranger : pushing.intermediate)
      if (fault === 'revoked') await pushing.revoke(pushing.intermediate, 'intermediate.crl', 3, [leaf.serial])
      let bytes = 0
      const closed = Promise.withResolvers<void>()
      const server = createServer(
        { key: leaf.key, cert: leaf.crt, requestCert: true, rejectUnauthorized: false },
        (socket) => {
          socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined)
          socket.on('close', () => closed.resolve())
        },
      )
      server.on('tlsClientError', () => closed.resolve())
      const url = await pushing.startOther(server)
      const { hostname } = new URL(url)
      const target = at(fault === 'of another host' ? url.replace(hostname, 'x.localhost') : url, pushing.root)
      expect(await pushing.startPusher().push(target, message)).toMatchObject({ kind: 'retry' })
      await closed.promise
      expect(bytes).toBe(0)
    },
  )

  test('must have a current CRL where its issuer is one of the gateway’s', async () => {
    const endpoint = await pushing.start(answerWith(204))
    const now = () => new Date(pushing.lapse.getTime() + 1000)
    const outcome = await pushing.startPusher({ now }).push(at(endpoint.url, pushing.root), message)
    expect(outcome).toEqual({ kind: 'retry', detail: 'certificate-without-crl' })
    expect(endpoint.seen).toEqual([])
  })
})
