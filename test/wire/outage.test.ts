import pg from 'pg'
import { expect, test } from 'vitest'
import { openAgency } from '../support/agency.ts'
import { startGateway, until } from '../support/gateway.ts'
import { lastArrival, listInbox, readFeed, startLoad } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'

test('connections to the record that break under load, again and again, lose nothing and repeat nothing', async () => {
  await using gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  await using rys = await openAgency(gateway, 'fr-rys')
  await using ctac = await openAgency(gateway, 'gb-ctac')
  const COUNT = 400
  const load = startLoad({ senders: [rys], to: 'gb-ctac', type: 'referral', count: COUNT, inFlight: 32 })
  const console = new pg.Client({ connectionString: gateway.databaseUrl, application_name: 'test' })
  await console.connect()
  for (let round = 1; round <= 8; round++) {
    await load.reached((round * COUNT) / 9)
    await console.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'passerelle%'`)
  }
  await load.done
  await until(async () => (await listInbox(ctac)).length >= COUNT)
  const listed = (await listInbox(ctac)).map(({ messageId }) => messageId)
  expect(listed).toHaveLength(COUNT)
  expect(new Set(listed)).toEqual(new Set(load.accepted.keys()))
  const { events } = await readFeed(rys)
  for (const said of events.values()) expect(said).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
  const { rows } = await console.query(
    'select (select size from log) = count(*) and max(index) = count(*) - 1 as whole from leaf',
  )
  expect(rows).toEqual([{ whole: true }])
  await console.end()

  expect((await askOperations(gateway, '/health/ready')).status).toBe(200)
  const { text } = await askOperations(gateway, '/metrics')
  expect(text, 'an outage is «unavailable», not the gateway’s own fault').not.toContain('code="internal-error"')

  // Long polls wake again although what they listen on was cut.
  const poll = ctac.client.inbox({
    after: await lastArrival(ctac),
    wait: 20,
  })
  const one = startLoad({ senders: [rys], to: 'gb-ctac', type: 'referral', count: 1, inFlight: 1 })
  await one.done
  expect((await poll).messages).toHaveLength(1)
}, 60_000)
