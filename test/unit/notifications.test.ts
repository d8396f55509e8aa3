import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from '../../gateway/base/config.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'
import type { Notice } from '../../gateway/delivery/mail.ts'
import { openNotifying } from '../../gateway/delivery/notifications.ts'
import type { Desk } from '../../gateway/protocol/agency.ts'
import { parsePathway } from '../../gateway/protocol/pathway.ts'
import { quiet } from '../support/quiet.ts'

const desk = (id: string): Desk => ({ id, name: { en: id, fr: `le ${id}` }, delivery: { mode: 'mailbox' } })
const kent = { desks: [desk('day'), desk('night')] }
const nine = '2016-11-14T09:00:00Z'

/** Tells of what waits, a lane at a time; gives the notices that went out at once, and those at the end. */
async function tell(
  ...all: (readonly [priority: number, desk: string | undefined, type: string, respondBy?: string])[]
) {
  const notices: Notice[] = []
  const notifying = openNotifying({
    notifier: {
      notify: async (_, notice) => void notices.push(notice),
      test: async () => {},
      mails: true,
      close: async () => {},
    },
    noteMail: async () => undefined,
    metrics: createMetrics(),
    log: quiet,
    config: readConfig({}),
    pathway: parsePathway(JSON.parse(readFileSync('schemas/pathway.json', 'utf8'))),
    registry: () => ({ agencies: new Map([['gb-kent', kent]]) }),
  })
  for (const [priority, at, type, respondBy] of all)
    notifying.tell({ recipient: 'gb-kent', priority }, [
      {
        delivery: { mode: 'mailbox', notify: { email: 'duty@example.org' } },
        desk: at,
        due: { type, respond_by: respondBy === undefined ? null : new Date(respondBy) },
      },
    ])
  const atOnce = [...notices]
  await notifying.close()
  return { atOnce, later: notices.slice(atOnce.length) }
}

test('a notification names the desk, and the time by which an answer is wanted', async () => {
  const { atOnce } = await tell([0, 'night', 'assessment-referral', nine])
  expect(atOnce).toEqual([
    {
      priority: 'immediate',
      environment: 'development',
      desks: [{ en: 'night', fr: 'le night' }],
      respondBy: new Date(nine),
    },
  ])
})

test('what nothing answers is wanted by no time, and what goes to the agency itself waits at no desk', async () => {
  const { atOnce } = await tell([1, undefined, 'missing-notification', nine])
  expect(atOnce).toEqual([{ priority: 'urgent', environment: 'development', desks: [] }])
})

test('what is told of later names every desk in the agency’s order, and the first time', async () => {
  const { atOnce, later } = await tell(
    [2, undefined, 'information-request', '2016-11-01T09:00:00Z'],
    [2, 'night', 'information-request', '2016-12-01T09:00:00Z'],
    [2, 'day', 'information-request', nine],
    [2, 'day', 'information-request'],
    [2, 'gone', 'information-request'],
  )
  expect(atOnce).toHaveLength(1)
  expect(later).toEqual([
    {
      priority: 'routine',
      environment: 'development',
      desks: kent.desks.map(({ name }) => name),
      respondBy: new Date(nine),
    },
  ])
})
