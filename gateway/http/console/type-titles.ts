import type { Text } from '../../base/base.ts'
import { isJsonObject, type Json } from '../../protocol/protocol.ts'

/** The title of a message type; a type that has none stands for itself. */
export type TypeTitles = (type: string) => Text

/** Reads the titles of the pathway, as it is published. */
export function readTypeTitles(pathway: Json): TypeTitles {
  const rows = isJsonObject(pathway) && Array.isArray(pathway['rows']) ? pathway['rows'] : []
  const titles = new Map(
    rows.filter(isJsonObject).flatMap(({ type, title }): [string, Text][] => {
      if (typeof type !== 'string' || !isJsonObject(title ?? null)) return []
      const { en, fr } = title as { readonly en?: Json; readonly fr?: Json }
      return typeof en === 'string' && typeof fr === 'string' ? [[type, { en, fr }]] : []
    }),
  )
  return (type) => titles.get(type) ?? { en: type, fr: type }
}
