import { visible } from './visible.ts'

/**
 * A text that somebody else wrote: isolated, so that its direction changes nothing around it, and with what is hidden in it made visible. It is never markup.
 */
export function Said({ text, language }: { readonly text: string; readonly language?: string }) {
  return (
    <bdi class="desk-said" lang={language}>
      {visible(text).map((piece, at) =>
        'hidden' in piece ? (
          <span key={at} class="desk-hidden">
            {piece.hidden}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  )
}
