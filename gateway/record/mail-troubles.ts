import type { Queryable } from './database.ts'

/** Notifications to an agency that could not be mailed since one last could; `detail` is a fixed word about the last. */
export type MailTrouble = {
  readonly agency: string
  readonly failures: number
  readonly since: Date
  readonly last: Date
  readonly detail: string
}

/** Notes what came of a mail to an agency. @param detail why it failed; undefined: the mail server took it */
export async function noteMail(
  database: Queryable,
  agency: string,
  detail: string | undefined,
  now: Date,
): Promise<void> {
  if (detail === undefined) return void (await database.query('delete from mail_trouble where agency = $1', [agency]))
  await database.query(
    `insert into mail_trouble (agency, failures, since, last_at, detail) values ($1, 1, $3, $3, $2)
     on conflict (agency) do update set failures = mail_trouble.failures + 1, last_at = $3, detail = $2`,
    [agency, detail, now],
  )
}

/** All agencies to which mails fail. */
export async function mailTroubles(database: Queryable): Promise<readonly MailTrouble[]> {
  const { rows } = await database.query<MailTrouble>(
    'select agency, failures, since, last_at as last, detail from mail_trouble order by agency',
  )
  return rows
}
