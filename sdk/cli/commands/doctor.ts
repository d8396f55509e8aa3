import { releases } from '../../validate/validate.ts'
import type { Command } from '../command.ts'
import { exits } from '../exit.ts'
import type { Finding } from '../finding.ts'
import { look } from '../findings.ts'

export const doctor: Command = {
  name: 'doctor',
  means: {
    en: 'Looks at configuration, keys, certificates, connection, clock, revocation and registry: what is wrong, and what to do.',
    fr: 'Examine configuration, clés, certificats, connexion, horloge, révocation et registre\u00a0: ce qui ne va pas, et que faire.',
  },
  count: [0, 0],
  options: {},
  example: 'passerelle doctor',
  async run(call) {
    const { terminal } = call
    const { paint, of } = terminal
    const marks = { good: paint.good('✓'), doubtful: paint.warn('!'), bad: paint.bad('✗') }
    const findings: Finding[] = []
    for await (const finding of look(call, releases())) {
      findings.push(finding)
      terminal.say(`${marks[finding.state]} ${paint.strong(of(finding.about))}  ${of(finding.found)}`)
      if (finding.remedy !== undefined) terminal.say(`    → ${of(finding.remedy)}`)
    }
    terminal.json({ findings })
    const bad = findings.find(({ state }) => state === 'bad')
    return bad?.exit ?? exits.done
  },
}
