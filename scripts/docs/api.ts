import type { Text } from '../../gateway/base/text.ts'
import { html, type Html, type Piece } from '../../gateway/http/console/html.ts'
import { notice } from './documents.ts'
import { openFields, prose, reached, sharedAnchor } from './fields.ts'
import { anchorOf } from './markdown.ts'
import { inBoth, type Page } from './page.ts'
import type { Schema, Schemas, Tree } from './tree.ts'

type Ref = { readonly $ref?: string }
type Body = { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
type Parameter = {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: Schema
}
type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body & Ref>>
}
type Api = {
  readonly info: { readonly title: string; readonly summary: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Schemas; readonly responses: Readonly<Record<string, Body>> }
}

const titles = {
  agency: { en: 'API reference: agencies', fr: 'Référence de l’API : organismes' },
  operations: { en: 'API reference: operators', fr: 'Référence de l’API : opérateurs' },
} as const satisfies Record<string, Text>
const meanings = {
  agency: {
    en: 'Every call of the agency listener, its parameters, answers and refusals, from the API description.',
    fr: 'Chaque appel ouvert aux organismes, ses paramètres, réponses et refus, d’après la description de l’API.',
  },
  operations: {
    en: 'Every call of the operations listener, from the API description.',
    fr: 'Chaque appel ouvert aux opérateurs, d’après la description de l’API.',
  },
} as const satisfies Record<string, Text>

/** The reference of both listeners, made of `docs/openapi/`; its words are in English, and the French page says so. */
export function apiPages({ apis }: Tree): readonly Page[] {
  return (['agency', 'operations'] as const).flatMap((name) => {
    const slug = `api-${name}`
    const content = String(reference(apis[name] as Api))
    return inBoth(slug, (language) => ({
      title: titles[name][language],
      description: meanings[name][language],
      content: language === 'en' ? content : `${notice(slug)}<div lang="en">${content}</div>`,
      ...(language === 'fr' && { contentLanguage: 'en' as const }),
    }))
  })
}

function reference(api: Api): Html {
  const shared = api.components.schemas
  const fields = openFields('en', { shared, schemas: {}, codes: '' })
  const calls = [
    ...Object.entries(api.paths).flatMap(([path, item]) => Object.entries(item).map((one) => [path, ...one] as const)),
    ...Object.entries(api.webhooks ?? {}).flatMap(([name, item]) =>
      Object.entries(item).map((one) => [`(your endpoint: ${name})`, ...one] as const),
    ),
  ]
  const tags = api.tags.map(({ name, description }) => {
    const own = calls.filter(
      ([
        ,
        ,
        {
          tags: [tag],
        },
      ]) => tag === name,
    )
    return html`<h2 class="govuk-heading-l" id="${anchorOf(name)}">${description}</h2>
${own.map(([path, method, operation]) => call(path, method, operation))}`
  })
  const parts = reached([api.paths, api.webhooks ?? {}, api.components.responses], shared).toSorted()
  const schemas = parts.map((name) => {
    const schema = shared[name] ?? {}
    return html`<h3 class="govuk-heading-m" id="${sharedAnchor(name)}">${name}</h3>
<p class="govuk-body">${prose(schema.description ?? '')}</p>
${schema.properties === undefined ? html`<p class="govuk-body">${fields.value(schema)}</p>` : fields.table(schema)}`
  })
  return html`<p class="govuk-body-l">${api.info.summary}.</p>
<p class="govuk-body">${prose(api.info.description)}</p>
${tags}
<h2 class="govuk-heading-l" id="schemas-of-answers">What calls take and give</h2>
${schemas}`

  function call(path: string, method: string, operation: Operation): Html {
    const { operationId, summary, description, parameters = [], requestBody, responses } = operation
    return html`<section class="docs-call" id="${operationId}"><h3 class="govuk-heading-m"><code>${method.toUpperCase()} ${path}</code></h3>
<p class="govuk-body">${prose(summary)}. <code>${operationId}</code></p>
${description !== undefined && html`<p class="govuk-body">${prose(description)}</p>`}${parameters.length > 0 && parameterTable(parameters)}${
  requestBody !== undefined &&
  html`<p class="govuk-body">Takes ${bodies(requestBody)}. ${prose(requestBody.description ?? '')}</p>
`
}<div class="docs-scroll" tabindex="0"><table class="govuk-table"><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">Status</th><th scope="col" class="govuk-table__header">When</th><th scope="col" class="govuk-table__header">Gives</th></tr></thead>
<tbody class="govuk-table__body">
${Object.entries(responses).map(answer)}</tbody></table></div></section>
`
  }

  function parameterTable(parameters: readonly Parameter[]): Html {
    const rows = parameters.map(
      ({ name, in: place, required, description, schema = {} }) =>
        html`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><code>${name}</code> <span class="docs-${required === true ? 'required' : 'optional'}">${required === true ? 'required' : 'optional'}</span></th><td class="govuk-table__cell">${place}</td><td class="govuk-table__cell">${fields.value(schema)}</td><td class="govuk-table__cell">${prose(description ?? '')}</td></tr>
`,
    )
    return html`<div class="docs-scroll" tabindex="0"><table class="govuk-table"><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">Parameter</th><th scope="col" class="govuk-table__header">In</th><th scope="col" class="govuk-table__header">Value</th><th scope="col" class="govuk-table__header">What it says</th></tr></thead>
<tbody class="govuk-table__body">
${rows}</tbody></table></div>
`
  }

  function answer([status, given]: readonly [string, Body & Ref]): Html {
    const { description = '', ...body } =
      given.$ref === undefined ? given : (api.components.responses[given.$ref.split('/').at(-1) ?? ''] ?? {})
    return html`<tr class="govuk-table__row"><td class="govuk-table__cell">${status}</td><td class="govuk-table__cell">${prose(description)}</td><td class="govuk-table__cell">${bodies(body)}</td></tr>
`
  }

  function bodies({ content = {} }: Body): Piece {
    return Object.entries(content).map(([type, { schema }], at) => {
      return html`${at > 0 && ' · '}<code>${type}</code>${schema !== undefined && html` ${fields.value(schema)}`}`
    })
  }
}
