// Run as a process of its own: a gateway's embedded PostgreSQL without the gateway, until it is told to stop or killed.
import { startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { quiet } from './quiet.ts'

const [folder = ''] = process.argv.slice(2)
const embedded = await startEmbedded(folder, quiet)
process.once('SIGTERM', () => void embedded.close())
process.stdout.write(`ready ${embedded.url}\n`)
