import { expect, it } from 'vitest'
import { ConfigurationFault, readConfig } from '../../gateway/base/config.ts'

it.each([
  ['PASSERELLE_ALARM_EMAIL', 'duty@example.org, other@example.org', /must be one e-mail address$/],
  ['PASSERELLE_ALARM_EMAIL', 'Duty <duty@example.org>', /must be one e-mail address$/],
  ['PASSERELLE_ALARM_WEBHOOK', 'http://alarms.example.org/', /must be a URL such as .* only on this machine$/],
  ['PASSERELLE_ALARM_WEBHOOK', 'https://user:secret@alarms.example.org/', /must be a URL such as .* without user/],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', /must be a URL such as .* only on this machine$/],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector:4318/?token=1', /must be a URL such as/],
  ['PASSERELLE_ALARM_WEBHOOK_SECRET', 'a\nb', /must be a path$/],
  ['PASSERELLE_TSA_URL', 'tsa.example.org', /must be a URL such as .* without user or password$/],
  ['PASSERELLE_TSA_URL', 'ftp://tsa.example.org/', /must be a URL such as/],
  ['PASSERELLE_TSA_URL', 'https://user:secret@tsa.example.org/tsr', /must be a URL such as .* without user/],
  ['PASSERELLE_TSA_URL', 'https://one.example.org,two.example.org/', /must be a URL such as/],
  ['PASSERELLE_TSA_INTERVAL', 'PT0.5S', /must be an ISO 8601 duration/],
  ['PASSERELLE_DOCUMENTATION_URL', 'http://pages.example.org', /must be a URL such as .* only on this machine$/],
  ['PASSERELLE_DOCUMENTATION_URL', 'https://user:secret@pages.example.org', /must be a URL such as .* without user/],
  ['PASSERELLE_DOCUMENTATION_URL', 'https://pages.example.org/', /slash at its end/],
  ['PASSERELLE_DOCUMENTATION_URL', 'https://pages.example.org/a?b=c', /query/],
  ['PASSERELLE_DOCUMENTATION_URL', 'https://pages.example.org/a#b', /fragment/],
])('refuses %s=%j', (name, value, why) => {
  expect(() => readConfig({ [name]: value })).toThrow(why)
})

it('takes where the pages of problems are', () => {
  for (const url of ['https://pages.example.org', 'https://pages.example.org/docs', 'http://localhost:8080'])
    expect(readConfig({ PASSERELLE_DOCUMENTATION_URL: url }).documentationUrl).toBe(url)
})

it('takes whom alarms are told to', () => {
  const config = readConfig({
    PASSERELLE_ALARM_EMAIL: 'duty@example.org',
    PASSERELLE_ALARM_WEBHOOK: 'https://alarms.example.org/hook?key=1',
  })
  expect(config).toMatchObject({
    alarmEmail: 'duty@example.org',
    alarmWebhook: 'https://alarms.example.org/hook?key=1',
  })
  expect(readConfig({ PASSERELLE_ALARM_WEBHOOK: 'http://127.0.0.1:8080/' }).alarmWebhook).toBe('http://127.0.0.1:8080/')
})

it('refuses a priority that PASSERELLE_UNREAD_AFTER names twice', () => {
  const read = () => readConfig({ PASSERELLE_UNREAD_AFTER: 'urgent=P1D,urgent=P2D' })
  expect(read).toThrow(new ConfigurationFault('PASSERELLE_UNREAD_AFTER names one of immediate, urgent, routine twice'))
})

it('takes a time-stamping authority in the clear: its word counts by its signature', () => {
  expect(readConfig({ PASSERELLE_TSA_URL: 'http://tsa.example.org/tsr' }).tsaUrl).toBe('http://tsa.example.org/tsr')
})
