import { useLanguage } from '../shell/language.ts'
import type { Language } from '../words/words.ts'
import { readingWords } from '../words/reading.ts'
import { type Here, sayWhen } from '../sending/moments.ts'
import type { Block, Value } from './page.ts'
import { Said } from './said.tsx'

type BlocksProps = {
  readonly blocks: readonly Block[]
  readonly here: Here
  /** Of the headings: those of a message begin at 2. */
  readonly level?: 2 | 3 | 4
}

/** Parts of a message, each under its title. */
export function Blocks({ blocks, here, level = 2 }: BlocksProps) {
  const { language } = useLanguage()
  const values = blocks.filter((block) => block.is === 'value')
  const groups = blocks.filter((block) => block.is === 'group')
  const Heading = `h${level}` as const
  const next = level === 2 ? 3 : 4
  return (
    <>
      {values.length > 0 && (
        <dl class="govuk-summary-list desk-list">
          {values.map((block, at) => (
            <div key={at} class="govuk-summary-list__row">
              <dt class="govuk-summary-list__key">{block.label[language]}</dt>
              <dd class="govuk-summary-list__value">
                {block.values.map((value, index) => (
                  <div key={index}>
                    <Shown value={value} here={here} />
                  </div>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {groups.map((block, at) => (
        <section key={at} class="desk-group">
          <Heading class={`govuk-heading-${level === 2 ? 'm' : 's'}`}>{block.label[language]}</Heading>
          <Blocks blocks={block.blocks} here={here} level={next} />
        </section>
      ))}
    </>
  )
}

function Shown({ value, here }: { readonly value: Value; readonly here: Here }) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  switch (value.is) {
    case 'narrative':
      return <Narrative value={value} here={here} />
    case 'code':
      return value.label === undefined ? (
        <>
          <Said text={value.code} /> <span class="govuk-hint desk-inline">({say.unknownCode})</span>
        </>
      ) : (
        <>{value.label[language]}</>
      )
    case 'flag':
      return <>{value.flag ? say.yes : say.no}</>
    case 'number':
      return <>{value.number.toLocaleString(language)}</>
    case 'moment':
      return <>{momentOf(value.text, here)}</>
    case 'attachment':
      return <code class="desk-code">{value.digest.slice(-6)}</code>
    default:
      return <Said text={value.text} />
  }
}

function Narrative({ value, here }: { readonly value: Value & { is: 'narrative' }; readonly here: Here }) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const isTranslated = value.translations.length > 0
  return (
    <>
      {isTranslated && <p class="govuk-hint desk-small">{`${say.original} (${nameOf(value.language, language)})`}</p>}
      <p class="desk-narrative">
        <Said text={value.text} language={value.language} />
      </p>
      {value.translations.map((one, at) => (
        <div key={at} class="desk-translation">
          <p class="govuk-hint desk-small">
            {say.translated(nameOf(one.language, language))}
            {' · '}
            {one.isMachine ? (
              <strong class="govuk-tag govuk-tag--orange">{say.machine}</strong>
            ) : (
              <Shown value={one.method} here={here} />
            )}
          </p>
          <p class="desk-narrative">
            <Said text={one.text} language={one.language} />
          </p>
        </div>
      ))}
    </>
  )
}

/** A language by its name; by its tag where nobody has one. */
function nameOf(tag: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}

const PARTS = [
  undefined,
  { year: 'numeric' },
  { year: 'numeric', month: 'long' },
  { year: 'numeric', month: 'long', day: 'numeric' },
] as const

/** A date as exactly as it is known, or a time here. */
function momentOf(text: string, here: Here): string {
  if (text.includes('T')) return sayWhen(new Date(text), here)
  const parts = text.split('-')
  const date = new Date(Date.UTC(Number(parts[0]), Number(parts[1] ?? 1) - 1, Number(parts[2] ?? 1)))
  return new Intl.DateTimeFormat(here.language === 'fr' ? 'fr-FR' : 'en-GB', {
    ...PARTS[parts.length],
    timeZone: 'UTC',
  }).format(date)
}
