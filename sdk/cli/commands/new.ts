import { readConfigurationFile } from '../../configuration.ts'
import type { MessageType } from '../../generated/bodies.ts'
import { labels } from '../../generated/labels.ts'
import { newId } from '../../sign.ts'
import { examplesOf, releases, schemasOf } from '../../validate/validate.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
import { interview } from '../interview.ts'
import { valid, writePrivate } from '../messages.ts'

const TYPES = Object.keys(labels.messageType.codes) as MessageType[]

export const make: Command = {
  name: 'new',
  means: {
    en: 'Makes a message: asks what its type requires, with the code lists; or, with --example, fills it in with an example about nobody.',
    fr: 'Crée un message\u00a0: demande ce que son type exige, avec les listes de codes\u202f; ou, avec --example, le remplit d’un exemple fictif.',
  },
  takes: 'TYPE',
  count: [1, 1],
  options: {
    example: { short: 'e', means: { en: 'an example, without asking', fr: 'un exemple, sans rien demander' } },
    to: { value: 'AGENCY', means: { en: 'whom it is for', fr: 'à qui il est destiné' } },
    from: {
      value: 'AGENCY',
      means: { en: 'from whom; else as configured', fr: 'de qui\u202f; à défaut, selon la configuration' },
    },
    case: {
      value: 'ID',
      means: {
        en: 'the case that it belongs to; else a new one',
        fr: 'le dossier auquel il appartient\u202f; à défaut, un nouveau',
      },
    },
    'reply-to': { value: 'ID', means: { en: 'the message that it answers', fr: 'le message auquel il répond' } },
    priority: {
      value: 'CODE',
      means: { en: 'immediate, urgent or routine (urgent)', fr: 'immediate, urgent ou routine (urgent)' },
    },
    out: { value: 'FILE', short: 'o', means: { en: 'writes it there', fr: 'l’écrit dans ce fichier' } },
  },
  example: 'passerelle new referral --example --to gb-ctac --out referral.json',
  completes: TYPES,
  async run(call) {
    const type = TYPES.find((each) => each === call.words[0])
    const list = TYPES.join(', ')
    if (type === undefined)
      throw new CommandFault(exits.usage, {
        en: `No such type. Types: ${list}`,
        fr: `Type inconnu. Types\u00a0: ${list}`,
      })
    const [example] = examplesOf(type)
    const from = call.value('from') ?? (await configuredAgency(call)) ?? example.from
    const { ask } = call.surroundings
    const isAsked = !call.is('example') && ask !== undefined
    const body = isAsked ? await askForBody(call, type) : example.body
    const replyTo = call.value('reply-to')
    const message = {
      id: newId(),
      type,
      schemaVersion: releases().at(-1) ?? '',
      from,
      to: call.value('to') ?? (isAsked ? await call.surroundings.ask?.('to> ') : example.to),
      caseId: call.value('case') ?? newId(),
      ...(replyTo !== undefined && { inReplyTo: replyTo }),
      priority: call.value('priority') ?? 'urgent',
      body,
    }
    const out = call.value('out')
    const text = JSON.stringify(valid(message, type), undefined, 2)
    if (out === undefined) call.terminal.say(text)
    else {
      await writePrivate(out, `${text}\n`)
      call.terminal.say({
        en: `${out} is written. Next: passerelle send ${out}`,
        fr: `${out} est écrit. Ensuite\u00a0: passerelle send ${out}`,
      })
    }
    call.terminal.json(message)
    return exits.done
  },
}

async function askForBody(call: Call, type: MessageType): Promise<object> {
  const { ask } = call.surroundings
  if (ask === undefined)
    throw new CommandFault(exits.usage, {
      en: 'nobody is there to ask: --example',
      fr: 'personne à interroger\u00a0: --example',
    })
  return interview(schemasOf(releases().at(-1) ?? ''), `${type}.schema.json`, call.terminal, ask)
}

async function configuredAgency(call: Call): Promise<string | undefined> {
  return readConfigurationFile(call.configurationPath()).then(
    ({ agency }) => agency,
    () => undefined,
  )
}
