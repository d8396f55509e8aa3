import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Issued } from '../../certs-dev/pki.ts'
import { freePort } from './port.ts'

type Mail = {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly secure: boolean
  readonly user?: string
}
export type MailServerOptions = SMTPServerOptions & { wantsUser?: boolean; host?: string }
export type MailServer = AsyncDisposable & { readonly port: number; readonly mails: Mail[]; connections(): number }

/** A real mail server that keeps what it takes; `user` with the password `secret` may log in where `auth` is wanted. */
export async function startMailServer(
  tls: Pick<Issued, 'key' | 'crt'>,
  options: MailServerOptions = {},
): Promise<MailServer> {
  const mails: Mail[] = []
  let connections = 0
  const { wantsUser = false, host = '127.0.0.1', ...rest } = options
  const server = new SMTPServer({
    key: tls.key,
    cert: tls.crt,
    authOptional: !wantsUser,
    ...(wantsUser ? {} : { disabledCommands: ['AUTH'] }),
    onConnect: (_session, done) => {
      connections++
      done()
    },
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username ?? '' }) : done(new Error('no such user: gestionnaire')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          secure: session.secure,
          ...(session.user === undefined ? {} : { user: String(session.user) }),
        })
        done()
      })
    },
    ...rest,
  })
  server.on('error', () => undefined) // clients that hang up
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  return {
    port,
    mails,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
