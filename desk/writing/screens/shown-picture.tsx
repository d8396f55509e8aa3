import { useEffect, useState } from 'preact/hooks'
import type { Picture } from '../pictures/picture.ts'

/** A picture as it would be sent; of a paper its kind and size. */
export function Shown({
  picture,
  label,
}: {
  readonly picture: Pick<Picture, 'blob' | 'mediaType'>
  readonly label: string
}) {
  const [url, setUrl] = useState<string>()
  const isPicture = picture.mediaType.startsWith('image/')
  useEffect(() => {
    if (!isPicture) return undefined
    const made = URL.createObjectURL(picture.blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [picture.blob, isPicture])
  const size = `${Math.max(1, Math.round(picture.blob.size / 1024))} KiB`
  return (
    <figure class="desk-figure">
      {url !== undefined && <img src={url} alt={label} />}
      <figcaption class="govuk-hint">
        {label}, {size}
      </figcaption>
    </figure>
  )
}
