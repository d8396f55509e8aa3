import { html, type Html } from '../../gateway/http/console/html.ts'
import type { Text } from '../../gateway/base/text.ts'
import type { Language } from './page.ts'
import type { Pair, Row } from './tree.ts'

/** Who takes part, and where in the picture: so that no way between two leads through a third. */
const PARTIES = {
  coordinator: { x: 330, y: 40, en: ['Coordinator', 'advice centre'], fr: ['Coordonnateur', 'centre de conseil'] },
  referrer: {
    x: 107,
    y: 170,
    en: ['Referrer', 'charity or authority'],
    fr: ['Auteur de la saisine', 'association ou autorité'],
  },
  'status-checker': {
    x: 553,
    y: 170,
    en: ['Status checker', 'Home Office'],
    fr: ['Service de vérification', 'Home Office'],
  },
  police: { x: 195, y: 320, en: ['Police', 'force or unit'], fr: ['Police', 'service ou unité'] },
  'children-services': {
    x: 465,
    y: 320,
    en: ['Children’s services', 'authority, département'],
    fr: ['Services de l’enfance', 'autorité, département'],
  },
} as const
type Role = keyof typeof PARTIES
const ROLES = Object.keys(PARTIES) as Role[]

const WIDE = 206
const HIGH = 56
/** Between the ends of an arrow and the boxes. */
const GAP = 6
/** How far an arrow stands beside the line between two centres. */
const ASIDE = 7

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
  return html`<svg class="docs-picture" viewBox="0 0 660 356" role="img" aria-labelledby="picture-title picture-words">
<title id="picture-title">${words.picture[language]}${colon} ${row.title[language]}</title>
<desc id="picture-words">${row.title[language]} ${words.sends[language]} ${said}.</desc>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="4.5" markerHeight="4.5" orient="auto-start-reverse"><path class="docs-picture__head" d="M0 0L10 5L0 10z"/></marker></defs>
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
  const [sideX, sideY] = [(-dy / length) * ASIDE, (dx / length) * ASIDE]
  // The line is the one between the centres, moved aside: where it leaves the first box, and, seen from the other end, the second.
  const leaving = shareWithin(dx, dy, sideX, sideY)
  const entering = 1 - shareWithin(-dx, -dy, sideX, sideY)
  const point = (at: number) => [(a.x + dx * at + sideX).toFixed(1), (a.y + dy * at + sideY).toFixed(1)]
  const [x1 = '', y1 = ''] = point(leaving)
  const [x2 = '', y2 = ''] = point(entering)
  const attributes = isLit && html` marker-end="url(#head)"`
  return html`<line class="docs-picture__way${isLit ? ' docs-picture__way--lit' : ''}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"${attributes}/>
`
}

/** How much of a way lies within the box that it begins in, beside the box's centre. */
const shareWithin = (dx: number, dy: number, asideX: number, asideY: number): number =>
  Math.min(share(WIDE / 2 + GAP, dx, asideX), share(HIGH / 2 + GAP, dy, asideY))

const share = (half: number, way: number, aside: number): number =>
  way === 0 ? Infinity : (half - Math.sign(way) * aside) / Math.abs(way)
