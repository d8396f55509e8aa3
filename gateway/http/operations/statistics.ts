import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { codeText, tableTexts } from '../../operations/operations.ts'
import { type Catalogue, type Publication, type Shown, type Tables } from '../../protocol/protocol.ts'
import type { FrozenStatistic } from '../../record/record.ts'
import { oneOf, query, text, time } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'

const JSON_TYPE = 'application/json'
const CSV_TYPE = 'text/csv'

const shown = Type.Union([Type.Integer(), Type.Literal('<5'), Type.Literal('suppressed')], {
  description:
    'A number; `<5`, under five; `suppressed`, not told because something hidden could be worked out from it',
})
const table = Type.Object(
  {
    title: text,
    cells: Type.Array(Type.Object({ code: Type.String(), title: text, count: shown })),
  },
  { title: 'Table' },
)
const statistics = Type.Object(
  {
    period: Type.String(),
    frozenAt: time,
    referrals: shown,
    medianHours: Type.Union([Type.Integer(), Type.Literal('suppressed')], {
      description: 'From referral to the first confirmation that the child is safeguarded; of ten cases or more',
    }),
    tables: Type.Object({ result: table, outcome: table, nationality: table, age: table, sex: table, concern: table }),
  },
  { title: 'Statistics' },
)

/** The oversight figures of quarters and years (protocol section 11). */
export function statisticsRoutes(server: Server, { operations, catalogue }: Operating): void {
  server.get(
    '/api/statistics',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'readStatistics',
        tags: ['overview'],
        summary: 'Oversight figures of an ended quarter or year, as JSON or CSV',
        produces: [JSON_TYPE, CSV_TYPE],
        querystring: query({
          period: Type.String({ pattern: '^[0-9]{4}(-Q[1-4])?$', description: 'A quarter, 2016-Q4, or a year, 2016' }),
          format: Type.Optional(oneOf(['json', 'csv'], { description: 'Instead of `Accept`, for a link' })),
        }),
        response: {
          200: {
            description: 'As they were frozen',
            content: { [JSON_TYPE]: { schema: statistics }, [CSV_TYPE]: { schema: Type.String() } },
          },
        },
        sends: { 200: ['Vary', 'Content-Disposition'] },
        refuses: ['not-found', 'period-not-ended'],
      },
    },
    async (request, reply) => {
      const { period, format } = request.query
      const frozen = await operations.statistics.of(period)
      const asCsv = format === undefined ? prefersCsv(request) : format === 'csv'
      reply.header('vary', 'Accept')
      if (!asCsv) return reply.type(JSON_TYPE).send(describeStatistics(frozen, catalogue))
      return reply
        .type(`${CSV_TYPE}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="passerelle-${period}.csv"`)
        .send(csvOf(frozen, catalogue))
    },
  )
}

const prefersCsv = (request: ConstructorParameters<typeof Negotiator>[0]): boolean =>
  new Negotiator(request).mediaType([JSON_TYPE, CSV_TYPE]) === CSV_TYPE

function describeStatistics({ period, frozenAt, publication }: FrozenStatistic, catalogue: Catalogue) {
  const { referrals, medianHours } = publication
  const describe = (name: keyof Tables) => ({
    title: tableTexts[name],
    cells: [...describeCells(publication, name, catalogue)],
  })
  return {
    period,
    frozenAt: frozenAt.toISOString(),
    referrals,
    medianHours,
    tables: {
      result: describe('result'),
      outcome: describe('outcome'),
      nationality: describe('nationality'),
      age: describe('age'),
      sex: describe('sex'),
      concern: describe('concern'),
    },
  }
}

const describeCells = ({ tables }: Publication, name: keyof Tables, catalogue: Catalogue) =>
  tables[name].map(({ code, count }) => ({ code, title: codeText(catalogue, name, code), count }))

/** One line a number (RFC 4180). No field begins with what a spreadsheet takes for a formula. */
function csvOf({ period, publication }: FrozenStatistic, catalogue: Catalogue): string {
  const line = (table: string, code: string, en: string, fr: string, count: Shown): string =>
    `${[period, table, code, en, fr, String(count)].map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`
  const names = Object.keys(tableTexts) as (keyof Tables)[]
  return [
    'period,table,code,en,fr,count\r\n',
    line('referrals', 'all', 'Children referred', 'Saisines', publication.referrals),
    line(
      'hours',
      'median',
      'Median hours from referral to safeguarding confirmation',
      'Médiane des heures entre la saisine et la confirmation de protection',
      publication.medianHours,
    ),
    ...names.flatMap((name) =>
      describeCells(publication, name, catalogue).map(({ code, title, count }) =>
        line(name, code, title.en, title.fr, count),
      ),
    ),
  ].join('')
}
