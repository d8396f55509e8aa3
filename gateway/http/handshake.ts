import type { Server, TLSSocket } from 'node:tls'

/**
 * Destroys each connection whose client is not good as soon as its handshake is done, before anything that it says is read
 * (protocol section 2). OpenSSL has checked that the client has the key of the certificate that it shows; whether that
 * certificate is good it is not asked: of an expired second root, or of two certificates of one authority, it would know less
 * than the judge, and two judges would not always agree.
 */
export function refuseStrangers(server: Server, isGood: (socket: TLSSocket) => boolean, onRefused: () => void): void {
  server.prependListener('secureConnection', (socket) => {
    if (isGood(socket)) return
    onRefused()
    socket.destroy()
  })
}
