import { join, relative } from 'node:path'
import { P12_PASSWORD } from '../../certs-dev/tree.ts'
import { html, type Html } from '../../gateway/http/console/html.ts'
import { ctac, hasRole, parties } from '../parties.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Say } from './page.ts'
import { words } from './words.ts'

/** The repository's folder, where the commands are typed. */
const ROOT = join(import.meta.dirname, '../..')

/** The commands by which a partner connects as an agency: each can be typed as it stands. */
export function commandsFor(id: string, { pki, gateway }: Pick<Sandbox, 'pki' | 'gateway'>) {
  const at = (path: string): string => quoted(join(pki, path))
  const near = (path: string): string => quoted(relative(ROOT, join(pki, path)))
  const url = gateway.url.replace('127.0.0.1', 'localhost')
  const run = 'npx --no-install passerelle'
  const first = hasRole(id, 'referrer')
    ? [`${run} new referral --example --to ${ctac} --out referral.json`, `${run} send referral.json --follow`]
    : []
  const keys = `agencies/${id}`
  return {
    cli: [
      `${run} configure --gateway ${url} --anchors ${near('trust/ca.crt')} --identity ${near(keys)}`,
      `${run} doctor`,
      ...first,
      `${run} inbox`,
    ],
    curl: `curl --tlsv1.3 --cacert ${at('trust/ca.crt')} --cert ${at(`${keys}/tls.crt`)} --key ${at(`${keys}/tls.key`)} ${url}/v1/inbox`,
  }
}

const WIDEST = 90

/** A long command on several lines, as a shell still reads it. */
const folded = (command: string): string =>
  command.length > WIDEST ? command.replaceAll(/ (?=--(?!no-install)|https:.*v1)/g, ' \\\n  ') : command

/** As a shell reads it (POSIX, 2.2.2). */
const quoted = (word: string): string =>
  /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** How to connect to each seat that a partner has. */
export function connectPart(sandbox: Sandbox, say: Say, hasDocs: boolean): Html {
  const seats = parties.filter(({ id }) => sandbox.state.isTaken(id))
  const console = sandbox.gateway.operationsUrl.replace('127.0.0.1', 'localhost')
  return html`<h2 class="govuk-heading-l" id="connect">${say(words.connect)}</h2>
${seats.length === 0 ? html`<p class="govuk-body">${say(words.noSeat)}</p>` : html`<p class="govuk-body">${say(words.connectHow)}</p>`}
${seats.map(({ id, name }) => {
  const { cli, curl } = commandsFor(id, sandbox)
  return html`<section aria-labelledby="seat-${id}">
<h3 class="govuk-heading-m" id="seat-${id}">${say(words.connectAs)} ${say(name)} <span class="console-code">${id}</span></h3>
${code(cli.map(folded).join('\n'), `${say(words.connect)}, ${id}`)}
<p class="govuk-body">${say(words.withCurl)}</p>
${code(folded(curl), `curl, ${id}`)}
</section>`
})}
<ul class="govuk-list govuk-list--bullet">
<li>${say(words.keysIn)} <span class="console-code">${join(sandbox.pki, 'agencies')}</span></li>
<li><a class="govuk-link" href="${console}/">${say(words.console)}</a> ${say(words.consoleHow)} <span class="console-code">${P12_PASSWORD}</span>. <span class="console-code">${join(sandbox.pki, 'operators/duty/tls.p12')}</span></li>
<li>${hasDocs ? html`<a class="govuk-link" href="/docs/">${say(words.docs)}</a>` : say(words.docsBuild)}</li>
</ul>`
}

/** What is typed; it may be wider than a telephone, and is then scrolled by whoever has no mouse, too. */
const code = (text: string, label: string): Html =>
  html`<pre class="sandbox-code" tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`
