import { html, type Html } from '../../gateway/http/console/html.ts'
import type { Text } from '../../gateway/base/text.ts'
import type { Language } from './page.ts'
import type { Pair, Row } from './tree.ts'

/** Who takes part, and where in the picture: the coordinator is in the middle, for nearly everything goes through it. */
const PARTIES = {
  referrer: {
    x: 110,
    y: 40,
    en: ['Referrer', 'charity or authority'],
    fr: ['Auteur de la saisine', 'association ou autorité'],
  },
  coordinator: { x: 330, y: 190, en: ['Coordinator', 'advice centre'], fr: ['Coordonnateur', 'centre de conseil'] },
  'status-checker': {
    x: 550,
    y: 40,
    en: ['Status checker', 'Home Office'],
    fr: ['Service de vérification', 'Home Office'],
  },
  'children-services': {
    x: 550,
    y: 340,
    en: ['Children’s services', 'authority, département'],
    fr: ['Services de l’enfance', 'autorité, département'],
  },
  police: { x: 110, y: 340, en: ['Police', 'force or unit'], fr: ['Police', 'service ou unité'] },
} as const
type Role = keyof typeof PARTIES
const ROLES = Object.keys(PARTIES) as Role[]

const WIDE = 190
const HIGH = 56
/** Between the ends of an arrow and the boxes. */
const GAP = 6

const words = {
  picture: { en: 'The pathway', fr: 'Le parcours' },
  sends: { en: 'may be sent', fr: 'peut être envoyé' },
  from: { en: 'from', fr: 'de' },
  to: { en: 'to', fr: 'à' },
  everybody: { en: 'from anybody to anybody', fr: 'de quiconque à quiconque' },
} as const satisfies Record<string, Text>

/** All pairs of roles of which one may send this type to the other. */
export function pairsOf({ from, to, also = [] }: Row): readonly (readonly [from: Role, to: Role])[] {
  const roles = (who: Pair['from']): readonly Role[] =>
    ROLES.filter((role) => typeof who === 'string' || who.includes(role))
  const all = [{ from, to }, ...also].flatMap((pair) =>
    roles(pair.from).flatMap((sender) => roles(pair.to).map((recipient) => [sender, recipient] as const)),
  )
  return all.filter(([sender, recipient]) => sender !== recipient)
}

/** What a role is called. */
export const roleName = (role: string, language: Language): string =>
  role in PARTIES ? PARTIES[role as Role][language][0] : role

/**
 * A drawing of who exchanges with whom, in which the ways of one type are lit up. It takes its colours from the page, dark or light, and says in
 * words what it shows (WCAG 2.2, 1.1.1).
 * @param all the whole pathway, of which what is not lit up stands behind
 */
export function pictureOf(row: Row, all: readonly Row[], language: Language): Html {
  const lit = pairsOf(row)
  const isAny = row.from === 'any'
  const known = new Set(lit.map(String))
  const others = [
    ...new Map(
      all
        .filter(({ from }) => from !== 'any')
        .flatMap(pairsOf)
        .map((pair) => [String(pair), pair]),
    ).values(),
  ]
  const said = isAny
    ? words.everybody[language]
    : lit
        .map(
          ([from, to]) =>
            `${words.from[language]} ${roleName(from, language)} ${words.to[language]} ${roleName(to, language)}`,
        )
        .join(language === 'fr' ? ' ; ' : '; ')
  const colon = language === 'fr' ? '\u00A0:' : ':'
  const touched = new Set<string>(lit.flat())
  return html`<svg class="docs-picture" viewBox="0 0 660 380" role="img" aria-labelledby="picture-title picture-words">
<title id="picture-title">${words.picture[language]}${colon} ${row.title[language]}</title>
<desc id="picture-words">${row.title[language]} ${words.sends[language]} ${said}.</desc>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="docs-picture__head" d="M0 0L10 5L0 10z"/></marker></defs>
${others.filter((pair) => !known.has(String(pair))).map(([from, to]) => arrow(from, to, false))}
${lit.map(([from, to]) => arrow(from, to, true))}
${ROLES.map((role) => box(role, touched.has(role), language))}
</svg>`
}

function box(role: Role, isLit: boolean, language: Language): Html {
  const { x, y } = PARTIES[role]
  const [name, kind] = PARTIES[role][language]
  return html`<g class="docs-picture__party${isLit ? ' docs-picture__party--lit' : ''}">
<rect x="${x - WIDE / 2}" y="${y - HIGH / 2}" width="${WIDE}" height="${HIGH}" rx="4"/>
<text x="${x}" y="${y - 4}">${name}</text><text class="docs-picture__kind" x="${x}" y="${y + 17}">${kind}</text></g>
`
}

/** An arrow from the edge of one box to that of another; those of two directions stand beside each other. */
function arrow(from: Role, to: Role, isLit: boolean): Html {
  const [a, b] = [PARTIES[from], PARTIES[to]]
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = Math.hypot(dx, dy)
  const [sideX, sideY] = [(-dy / length) * 7, (dx / length) * 7]
  const cut = Math.min(Math.abs((WIDE / 2 + GAP) / (dx || 1e-9)), Math.abs((HIGH / 2 + GAP) / (dy || 1e-9)))
  const point = (share: number) => [(a.x + dx * share + sideX).toFixed(1), (a.y + dy * share + sideY).toFixed(1)]
  const [x1 = '', y1 = ''] = point(cut)
  const [x2 = '', y2 = ''] = point(1 - cut)
  const attributes = isLit && html` marker-end="url(#head)"`
  return html`<line class="docs-picture__way${isLit ? ' docs-picture__way--lit' : ''}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"${attributes}/>
`
}
