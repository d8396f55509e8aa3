import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Compiles a text as a file of this project would be, by the project's own compiler; gives its complaints, one a line. */
export async function typeCheck(text: string): Promise<readonly string[]> {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'tried.mts'), text)
  const configuration = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(ROOT, 'node_modules', '@types')] },
    files: ['tried.mts'],
    include: [],
  }
  await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(configuration))
  // One checker and little tidying up: it lives for a second.
  const words = ['--project', folder.path, '--pretty', 'false', '--checkers', '1']
  const compiler = spawn(join(ROOT, 'node_modules', '.bin', 'tsc'), words, { env: { ...process.env, GOGC: '400' } })
  let said = ''
  for (const stream of [compiler.stdout, compiler.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => (said += more))
  await once(compiler, 'close')
  return said.split('\n').filter((line) => line !== '')
}
