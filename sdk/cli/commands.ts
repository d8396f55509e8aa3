import type { Command } from './command.ts'
import { acknowledge } from './commands/acknowledge.ts'
import { attach } from './commands/attach.ts'
import { completion } from './commands/completion.ts'
import { conformance } from './commands/conformance.ts'
import { configure } from './commands/configure.ts'
import { doctor } from './commands/doctor.ts'
import { evidence } from './commands/evidence.ts'
import { inbox } from './commands/inbox.ts'
import { keys } from './commands/keys.ts'
import { make } from './commands/new.ts'
import { published } from './commands/published.ts'
import { read } from './commands/read.ts'
import { receipts } from './commands/receipts.ts'
import { send } from './commands/send.ts'
import { sign } from './commands/sign.ts'
import { validate } from './commands/validate.ts'
import { verify } from './commands/verify.ts'

/** All commands, in the order in which somebody needs them. */
export const commands: readonly Command[] = [
  keys,
  configure,
  doctor,
  make,
  validate,
  attach,
  sign,
  send,
  receipts,
  inbox,
  read,
  acknowledge,
  evidence,
  published,
  verify,
  conformance,
  completion(() => commands),
]
