import { html, type Html, type Piece } from './html.ts'

export type Column = { readonly title: string; readonly number?: true }

type Table = {
  readonly caption: string
  /** For whom sees, the heading above may say it already. */
  readonly hideCaption?: true
  readonly columns: readonly Column[]
  /** The first cell of each names its row. */
  readonly rows: readonly (readonly Piece[])[]
}

/**
 * A table; on a telephone each row is a card whose cells name their columns. Roles are given, for what is no longer laid out as a table
 * is no table to some screen readers.
 */
export function table({ caption, hideCaption, columns, rows }: Table): Html {
  const captionClass = hideCaption ? 'govuk-visually-hidden' : 'govuk-table__caption govuk-table__caption--m'
  return html`<table class="govuk-table console-table" role="table">
<caption class="${captionClass}">${caption}</caption>
<thead class="govuk-table__head" role="rowgroup"><tr class="govuk-table__row" role="row">${columns.map(
    ({ title, number }) =>
      html`<th scope="col" class="govuk-table__header ${number === true && 'console-number'}" role="columnheader">${title}</th>`,
  )}</tr></thead>
<tbody class="govuk-table__body" role="rowgroup">${rows.map(
    (cells) =>
      html`<tr class="govuk-table__row" role="row">${cells.map((cell, at) => tableCell(columns[at], cell, at))}</tr>\n`,
  )}</tbody>
</table>`
}

function tableCell(column: Column | undefined, cell: Piece, at: number): Html {
  const { title = '', number } = column ?? {}
  const kind = number === true && ' console-number'
  return at === 0
    ? html`<th scope="row" class="govuk-table__header console-cell${kind}" role="rowheader" data-label="${title}"><div class="console-cell__value">${cell}</div></th>`
    : html`<td class="govuk-table__cell console-cell${kind}" role="cell" data-label="${title}"><div class="console-cell__value">${cell}</div></td>`
}

/** Names and what they stand for; what is undefined is left out. */
export function summary(rows: readonly (readonly [name: string, value: Piece])[]): Html {
  return html`<dl class="govuk-summary-list">${rows
    .filter(([, value]) => value !== undefined && value !== false)
    .map(
      ([name, value]) =>
        html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${name}</dt><dd class="govuk-summary-list__value">${value}</dd></div>\n`,
    )}</dl>`
}

/** A heading of a part of a page. */
export const heading = (text: string): Html => html`<h2 class="govuk-heading-m">${text}</h2>\n`

export const paragraph = (text: Piece): Html => html`<p class="govuk-body">${text}</p>\n`
