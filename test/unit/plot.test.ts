import { expect, test } from 'vitest'
import { type Bar, plotBars } from '../../gateway/http/console/plot.ts'

/** Bars that can be read, heard and printed; a number that is not told is not told by a length either. */

const bars: readonly Bar[] = [
  { label: 'Afghanistan', value: 110, words: '110' },
  { label: 'Erythrée', value: 55, words: '55' },
  { label: 'Égypte', value: undefined, words: 'moins de 5' },
  { label: 'Éthiopie', value: undefined, words: 'non publié' },
]
const made = String(plotBars('plot-x', 'Par nationalité', 'Barres', bars))

const attributes = (markup: string, name: string): readonly string[] =>
  [...markup.matchAll(new RegExp(`<rect[^>]* ${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value)

test('it has a title and a description, which name it', () => {
  expect(made).toContain('role="img" aria-labelledby="plot-x-title plot-x-summary"')
  expect(made).toContain('<title id="plot-x-title">Par nationalité</title>')
  expect(made).toContain('<desc id="plot-x-summary">Barres</desc>')
})

test('lengths are in proportion, and every number stands there as text', () => {
  expect(attributes(made, 'width').slice(0, 2)).toEqual(['260', '130'])
  for (const { label, words } of bars) {
    expect(made).toContain(`>${label}</text>`)
    expect(made).toContain(`>${words}</text>`)
  }
})

test('what is not told has an outline of one length and no filling', () => {
  expect(attributes(made, 'width').slice(2)).toEqual(['24', '24'])
  expect(attributes(made, 'fill')).toEqual(['#1d70b8', '#1d70b8', 'none', 'none'])
})

test('nothing within it is a style, a script or an address but the name of SVG', () => {
  expect(made.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/style=|<script|href|https?:/)
})

test('a label is text, and a long one goes over several lines between words', () => {
  const long = 'Dort dehors, <b>sans</b> abri, et personne ne sait où ni avec qui il passe la nuit depuis des mois'
  const markup = String(plotBars('y', 't', 's', [{ label: long, value: 3, words: '3' }]))
  const lines = [...markup.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, line = '']) => line)
  expect(lines.slice(0, -1).join(' ')).toBe(long.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
  expect(lines.length).toBeGreaterThan(2)
})

test('without a bar, or with nought alone, it is still a picture', () => {
  expect(String(plotBars('z', 't', 's', []))).toContain('viewBox="0 0 360 1"')
  expect(attributes(String(plotBars('z', 't', 's', [{ label: 'a', value: 0, words: '0' }])), 'width')).toEqual(['0'])
})
