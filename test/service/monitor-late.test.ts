import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openHttp } from '../../monitor/http.ts'
import { readOptions } from '../../monitor/options.ts'
import { lookOnce } from '../../monitor/round.ts'
import { NO_STATE, type State } from '../../monitor/state.ts'
import { temporaryFolder } from '../support/folder.ts'
import { copyPki } from '../support/pki.ts'
import { showLog } from '../support/shown-log.ts'

it('a log is not called rolled back where another process behind a balancer shows less, and as much a moment later', async () => {
  await using folder = await temporaryFolder()
  const pki = join(folder.path, 'pki')
  await copyPki(pki)
  await using gateway = await showLog(pki)
  const words = ['--url', gateway.url, '--ca', join(pki, 'trust/ca.crt'), '--state', join(folder.path, 'state')]
  const options = readOptions([...words, '--identity', join(pki, 'agencies/fr-rys')], {})
  const http = openHttp({ ca: options.ca, ...options.identity })
  const look = (state: State) => lookOnce(options, http, state, new Date(), 10)
  const grow = () => gateway.add('delivery-receipt+jws', { receiptId: randomUUID() })
  grow()
  const { state } = await look(NO_STATE)
  const late = gateway.log.note()
  grow()
  const next = await look(state)
  let times = 0
  gateway.lies.set('/v1/log/checkpoint', {
    status: 200,
    get body() {
      return times++ < 3 ? late : gateway.log.note()
    },
  })
  const again = await look(next.state)
  expect(again.findings.filter(({ severity }) => severity === 'alarm')).toEqual([])
  expect(times).toBe(4)
  http.close()
})
