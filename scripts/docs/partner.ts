import type MarkdownIt from 'markdown-it'
import type { Text } from '../../gateway/base/text.ts'
import { type Block, joinBlocks, readTranslation, sayEnglish, splitBlocks, translate } from './blocks.ts'
import { linksOn } from './links.ts'
import type { Language, Page } from './page.ts'
import type { Tree } from './tree.ts'

/** What of the protocol is its operators' alone: whole sections, by the beginning of their headings. */
const SECTIONS = ['What this release serves', '11. ', '12. ', '13. ']
/** Of those sections, what a partner needs all the same, by its beginning. */
const KEPT = [
  '## 12. ',
  'Messages, attachments and anything else taken from a payload',
  '### Decided for section 12',
  '- What is not sealed is what the gateway needs to work',
  '- What stays is what the gateway needs to work',
  '- Where content of the case comes at the moment of erasing',
  '## 13. ',
  '`npm run certs` makes a development PKI',
  '### Decided for section 13',
  '- Of the development certificates the gateway’s',
  '- Numbers in queries are digits',
]
/** What else is left out, by its beginning; each must be there, so that nothing is kept back by mistake. */
const LEFT_OUT = [
  '- The **registry** is a declarative JSON file',
  '- In the trust folder only self-signed certificates',
  '- `agencies.schema.json` stands in the repository',
  '- A registry file may be 8 MiB',
  '- A CRL counts from whatever file it is in',
  '- One judge decides',
  '| 401 | `operator-certificate-required`',
  '| 409 | `not-a-dead-letter`',
  '| 409 | `not-unread`',
  '| 409 | `case-not-settled`',
  '| 409 | `log-in-force`',
  '| 409 | `period-not-ended`',
  '- An entry that cannot be used',
  '- Due times, leases and horizons',
  '- **A record that has gone back**',
  '- **A successor log** is started',
  '- `vkey` is a key of cosignatures',
  '- A checkpoint is offered as soon as it is published',
  '- A cosignature is kept, and served below',
  '- Uncosigned for 60 s is a log',
  '- Where a witness answers 422',
  'Witnesses:',
]

const words = {
  title: { en: 'The exchange protocol: partner’s edition', fr: 'Le protocole d’échange : édition des partenaires' },
  short: { en: 'Protocol', fr: 'Protocole' },
  means: {
    en: 'What an agency’s system needs to exchange: every rule, with a whole exchange as it was on the wire.',
    fr: 'Ce qu’il faut au système d’un organisme pour échanger : toutes les règles, et un échange complet tel qu’il a circulé.',
  },
  edition: {
    en: 'This is the protocol without what its operators alone need: made from it, word for word. Where anything seems to differ, [the whole text](protocol-whole.md) binds.',
    fr: 'Ceci est le protocole, sans ce qui ne concerne que ses opérateurs. Le [texte anglais complet](protocol-whole.md) fait seul foi ; cette traduction en facilite la lecture.',
  },
  missing: {
    en: '',
    fr: 'Certains passages, récents, n’existent encore qu’en anglais ; ils sont marqués d’un trait et lus comme tels par les lecteurs d’écran.',
  },
} as const satisfies Record<string, Text>

/** The blocks of the protocol that partners get. @throws where what is to be left out or kept is not there any more */
export function partnerBlocks(protocol: string): readonly Block[] {
  const lost = new Set([...KEPT, ...LEFT_OUT])
  const begins = (text: string, starts: readonly string[]): boolean => {
    const start = starts.find((one) => text.replaceAll("'", '’').startsWith(one.replaceAll("'", '’')))
    if (start !== undefined) lost.delete(start)
    return start !== undefined
  }
  const kept = splitBlocks(protocol).filter(({ text, section }) => {
    if (text.startsWith('# ') || begins(text, LEFT_OUT)) return false
    if (!SECTIONS.some((start) => section.startsWith(start))) return true
    return begins(text, KEPT)
  })
  if (lost.size > 0) throw new Error(`the protocol has no «${[...lost].join('», «')}» (scripts/docs/partner.ts)`)
  return kept
}

/** The same in French, and what of it has no French yet. */
export function frenchBlocks({ documents }: Pick<Tree, 'documents'>): ReturnType<typeof translate> {
  const translation = readTranslation(documents.get('docs/site/_includes/protocol.fr.md') ?? '')
  return translate(partnerBlocks(documents.get('docs/protocol.md') ?? ''), translation)
}

/** The partner's edition of the protocol, in both languages. */
export function partnerPages(tree: Tree, markdown: MarkdownIt): readonly Page[] {
  const blocks = partnerBlocks(tree.documents.get('docs/protocol.md') ?? '')
  const french = frenchBlocks(tree)
  const page = (language: Language, text: string, note: string): Page => ({
    language,
    slug: 'protocol',
    title: words.title[language],
    short: words.short[language],
    description: words.means[language],
    content: sayEnglish(
      markdown.render(`${words.edition[language]}\n\n${note}\n\n${linksOn(text, 'docs/protocol.md', 'protocol')}`),
    ),
  })
  const note = french.missing.length > 0 ? words.missing.fr : ''
  return [page('en', joinBlocks(blocks), ''), page('fr', joinBlocks(french.blocks), note)]
}
