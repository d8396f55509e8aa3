import { html, type Html } from './html.ts'

/** Words in which what stands between two backticks is code. */
export const marked = (text: string): Html =>
  html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code class="console-code">${part}</code>`))}`
