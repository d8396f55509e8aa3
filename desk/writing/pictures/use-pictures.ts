import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Session } from '../../shell/session.ts'
import type { Picture } from './picture.ts'

export type KeptPicture = { readonly id: string; readonly picture: Picture }

/** Gives the pictures of a draft out of the vault, and how to read them anew. */
export function usePictures({ vault }: Session, ids: readonly string[]): readonly [readonly KeptPicture[], () => void] {
  const [pictures, setPictures] = useState<readonly KeptPicture[]>([])
  const [turn, setTurn] = useState(0)
  const wanted = ids.join(' ')
  useEffect(() => {
    let isHere = true
    const read = async (): Promise<void> => {
      const all = await Promise.all(
        wanted
          .split(' ')
          .filter(Boolean)
          .map(async (id) => ({ id, picture: await vault.get<Picture>('pictures', id) })),
      )
      const found = all.flatMap(({ id, picture }) => (picture === undefined ? [] : [{ id, picture }]))
      if (isHere) setPictures(found)
    }
    // A vault that is locked meanwhile shows no pictures.
    read().catch(() => undefined)
    return () => {
      isHere = false
    }
  }, [vault, wanted, turn])
  return [pictures, useCallback(() => setTurn((before) => before + 1), [])]
}
