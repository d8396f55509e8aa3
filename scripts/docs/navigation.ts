import type { Text } from '../../gateway/base/text.ts'

export type Group = { readonly title: Text; readonly pages: readonly string[] }

/** The site's pages in the order in which somebody who begins needs them; the first of a group is the one that leads to it. */
export function groupsOf(types: readonly string[], there: ReadonlySet<string>): readonly Group[] {
  const groups: readonly Group[] = [
    {
      title: { en: 'Start', fr: 'Commencer' },
      pages: ['index', 'start-command-line', 'start-sdk', 'start-http', 'sandbox', 'keys', 'going-live', 'conformance'],
    },
    {
      title: { en: 'Messages', fr: 'Messages' },
      pages: ['types/index', ...types.map((type) => `types/${type}`), 'types/envelope', 'codes', 'changes', 'releases'],
    },
    {
      title: { en: 'Protocol', fr: 'Protocole' },
      pages: ['protocol', 'api-agency', 'problems/index', 'evidence'],
    },
    {
      title: { en: 'Tools', fr: 'Outils' },
      pages: ['sdk', 'sample-curl', 'sample-python', 'sample-java'],
    },
    {
      title: { en: 'Operating', fr: 'Exploitation' },
      pages: ['operating', 'security', 'api-operations', 'protocol-whole'],
    },
    { title: { en: 'Find', fr: 'Trouver' }, pages: ['search', 'glossary'] },
  ]
  // What other parts of the project have not written yet is not named.
  return groups.map(({ title, pages }) => ({ title, pages: pages.filter((slug) => there.has(slug)) }))
}
