import type { Count } from './cohort.ts'
import { nationalities, report } from './report.ts'
import { type Language, words } from './words.ts'

/** The widest bar, in characters. */
const BAR = 52

/** Takes what the coordinator counted; gives the report's figures 2 and 3 as lines to print, with what is invented marked. */
export function figures(count: Count, language: Language): readonly string[] {
  const say = words(language)
  const row = (name: string, referred: string, located: string) =>
    `  ${name.padEnd(22)}${referred.padStart(10)}${located.padStart(12)}`.trimEnd()
  const byNationality = nationalities.map(({ key, name, located }) =>
    row(
      name[language],
      String(count.referred.get(key) ?? 0),
      `${count.found.get(key) ?? 0}${located === undefined ? ' *' : '  '}`,
    ),
  )
  const ages = [...count.ages].toSorted(([a = 99], [b = 99]) => a - b)
  const bars = ages.map(([age, n]) => {
    const name = age === undefined ? say.ageUnknown : String(age)
    return `  ${name.padEnd(22)}${String(n).padStart(4)}${age === undefined ? '  ' : ' *'} ${'▇'.repeat(Math.min(n, BAR))}`
  })
  return [
    say.figure2,
    row(say.nationality, say.referred, `${say.located}  `),
    ...byNationality,
    row(say.total, String(count.located + count.notLocated), `${count.located}  `),
    '',
    say.figure3ages,
    ...bars,
    '',
    say.figure3,
    `  ${say.located.padEnd(22)}${String(count.located).padStart(4)}   ${'▇'.repeat(Math.round((count.located / (count.located + count.notLocated)) * BAR))}`,
    `  ${say.notLocated.padEnd(22)}${String(count.notLocated).padStart(4)}   ${'▇'.repeat(Math.round((count.notLocated / (count.located + count.notLocated)) * BAR))}`,
    '',
    say.girls(count.girls, count.girlsFound),
    say.missingAgain(count.missingAgain),
    say.invented,
  ]
}

/** Takes what was counted; gives every number that is not the report's, as «what: counted, not expected»; none where all agree. */
export function disagreements(count: Count): readonly string[] {
  const ages = [...count.ages].filter((each): each is [number, number] => each[0] !== undefined)
  const [mode] = ages.toSorted(([, a], [, b]) => b - a)[0] ?? []
  const pairs: readonly (readonly [string, number | undefined, number])[] = [
    ['referred', [...count.referred.values()].reduce((sum, each) => sum + each, 0), report.referred],
    ['located', count.located, report.located],
    ['not located', count.notLocated, report.notLocated],
    ['girls', count.girls, report.girls],
    ['girls located', count.girlsFound, report.girlsLocated],
    ['youngest', Math.min(...ages.map(([age]) => age)), report.youngest],
    ['most common age', mode, report.mostCommonAge],
    ['without age', count.ages.get(undefined), report.withoutAge],
    ['missing again', count.missingAgain, report.missingAgain],
    ['nationalities', count.referred.size, nationalities.length],
    ...nationalities.map(({ key, name, referred }) => [name.en, count.referred.get(key), referred] as const),
    ...nationalities.flatMap(({ key, name, located }) =>
      located === undefined ? [] : [[`${name.en}, located`, count.found.get(key) ?? 0, located] as const],
    ),
  ]
  return pairs.flatMap(([what, counted, expected]) =>
    counted === expected ? [] : [`${what}: ${counted}, not ${expected}`],
  )
}
