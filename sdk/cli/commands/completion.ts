import { type Command, commonOptions } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'

/** Completion for the shell, made of the commands' own table. */
export function completion(all: () => readonly Command[]): Command {
  return {
    name: 'completion',
    means: {
      en: 'Prints what makes the shell complete commands and options: bash or zsh.',
      fr: 'Affiche ce qui permet au shell de compléter commandes et options\u00a0: bash ou zsh.',
    },
    takes: 'bash|zsh',
    count: [1, 1],
    options: {},
    example: 'source <(passerelle completion bash)',
    completes: ['bash', 'zsh'],
    async run({ words: [shell], terminal }) {
      if (shell !== 'bash' && shell !== 'zsh')
        throw new CommandFault(exits.usage, { en: 'bash or zsh', fr: 'bash ou zsh' })
      const zsh = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''
      terminal.say(zsh + bash(all()))
      return exits.done
    },
  }
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map(({ name, options, completes = [] }) => {
    const flags = Object.keys({ ...options, ...commonOptions }).map((option) => `--${option}`)
    const words = completes === 'files' ? flags : [...flags, ...completes]
    const files = completes === 'files' ? ' $(compgen -f -- "$word")' : ''
    return `    ${name}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$word")${files}) ;;`
  })
  return `_passerelle() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "help ${commands.map(({ name }) => name).join(' ')}" -- "$word"))
    return
  fi
  case $previous in
    --lang) COMPREPLY=($(compgen -W "en fr" -- "$word")); return ;;
    --config | --out | --anchors | --identity | --published) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case \${COMP_WORDS[1]} in
    help) COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$word")) ;;
${cases.join('\n')}
  esac
}
complete -o filenames -o bashdefault -F _passerelle passerelle`
}
