import { readConfigurationFile } from '../../configuration.ts'
import { openForm } from '../../forms/form.ts'
import { profileById } from '../../forms/profile.ts'
import { profiles } from '../../forms/published.ts'
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
    en: 'Makes a message: asks for it in the order in which people know things, with the code lists; or, with --example, fills it in with an example about nobody.',
    fr: 'Crée un message\u00a0: pose les questions dans l’ordre où l’on connaît les réponses, avec les listes de codes\u202f; ou, avec --example, le remplit d’un exemple fictif.',
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
    profile: {
      value: 'NAME',
      means: {
        en: 'whose questions, and what is filled in; else by who writes',
        fr: 'de qui sont les questions, et ce qui est rempli d’avance\u202f; à défaut, selon l’auteur',
      },
    },
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
    const to = call.value('to') ?? (isAsked ? await ask('to> ') : example.to)
    const body = isAsked ? await askForBody(call, type, from, to) : example.body
    const replyTo = call.value('reply-to')
    const message = {
      id: newId(),
      type,
      schemaVersion: releases().at(-1) ?? '',
      from,
      to,
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

async function askForBody(
  { surroundings, terminal, value }: Call,
  type: MessageType,
  agency: string,
  to: string,
): Promise<object> {
  const { ask } = surroundings
  if (ask === undefined)
    throw new CommandFault(exits.usage, {
      en: 'nobody is there to ask: --example',
      fr: 'personne à interroger\u00a0: --example',
    })
  const all = profiles()
  const name = value('profile')
  const profile = name === undefined ? profileById(all, agency, type) : all.find(({ id }) => id === name)
  if (name !== undefined && profile === undefined) {
    const list = all.map(({ id }) => id).join(', ')
    throw new CommandFault(exits.usage, {
      en: `No such profile. Profiles: ${list}`,
      fr: `Profil inconnu. Profils\u00a0: ${list}`,
    })
  }
  const form = openForm(schemasOf(releases().at(-1) ?? ''), type, profile)
  return interview(
    form,
    { agency, to, language: terminal.language, now: surroundings.now?.() ?? new Date() },
    terminal,
    ask,
  )
}

async function configuredAgency(call: Call): Promise<string | undefined> {
  return readConfigurationFile(call.configurationPath()).then(
    ({ agency }) => agency,
    () => undefined,
  )
}
