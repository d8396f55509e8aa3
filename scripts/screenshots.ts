import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { openBrowsers } from '../test/support/chromium.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { liveIn } from '../test/support/lived-in.ts'
import { pagesOf } from '../test/support/pages.ts'
import { quiet } from '../test/support/quiet.ts'
import { pictureDesk } from './desk-pictures.ts'

/**
 * Makes the pictures of the console and of the desk that stand in the READMEs: `npm run screenshots`. With a folder as argument, those of the desk and of
 * every page of the console go there, for whoever changes them.
 */
const PICTURES = new URL('../docs/pictures/', import.meta.url).pathname
/** So much of a page is seen of it. */
const HEIGHT = 1_150
const [folder = PICTURES] = process.argv.slice(2)

await using data = await temporaryFolder()
const server = await startEmbedded(data.path, quiet)
await using opened = new AsyncDisposableStack()
opened.defer(() => server.close())
const livedIn = opened.use(await liveIn({}, server.url))
const browsers = opened.use(await openBrowsers(livedIn.gateway))
const { from, id, caseId } = livedIn.messages['dead-lettered']
const shown =
  folder === PICTURES
    ? { now: '/', message: `/messages/${from}/${id}`, figures: '/figures?period=2016-Q4' }
    : Object.fromEntries(
        pagesOf(livedIn).map((path) => [
          path.replaceAll(/\W+/g, '-').replace(caseId, 'case').slice(1, 60).replace(/-$/, ''),
          path,
        ]),
      )

await mkdir(folder, { recursive: true })
for (const locale of ['en-GB', 'fr-FR'] as const)
  for (const [device, width] of [
    ['desktop', 1280],
    ['telephone', 360],
  ] as const) {
    const page = await (await browsers.open({ locale, width })).newPage()
    await page.setViewportSize({ width, height: HEIGHT })
    for (const [name, path] of Object.entries(shown)) {
      await page.goto(`${livedIn.gateway.operationsUrl}${path}`)
      const file = join(folder, `${name}-${device}-${locale.slice(0, 2)}.png`)
      await page.screenshot({ path: file, fullPage: folder !== PICTURES })
      process.stdout.write(`${file}\n`)
    }
  }

await pictureDesk(folder, server.url)
