import type MarkdownIt from 'markdown-it'
import { apiPages } from './api.ts'
import { releasePages } from './changes.ts'
import { codePages } from './codes.ts'
import { documentPages } from './documents.ts'
import type { Page } from './page.ts'
import { partnerPages } from './partner.ts'
import { problemPages } from './problems.ts'
import { searchPages } from './search.ts'
import type { Tree } from './tree.ts'
import { typePages } from './types.ts'

/** All pages that are made of the project's documents, schemas, tables and API descriptions, and not written for the site. */
export const generatedPages = (tree: Tree, markdown: MarkdownIt): readonly Page[] => [
  ...typePages(tree),
  ...codePages(tree),
  ...releasePages(tree),
  ...problemPages(tree),
  ...partnerPages(tree, markdown),
  ...documentPages(tree, markdown),
  ...apiPages(tree),
  ...searchPages(),
]
