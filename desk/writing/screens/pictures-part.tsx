import { useState } from 'preact/hooks'
import { pathOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { membersOf, spotOf } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import type { Session } from '../../shell/session.ts'
import { writing } from '../../words/writing.ts'
import { useForm } from '../fields/context.ts'
import { Place } from '../fields/place.tsx'
import { MOST_PICTURES, type NotTaken, type Picture, takePicture } from '../pictures/picture.ts'
import { Shown } from './shown-picture.tsx'

const USES = '/attachmentsUsed'

/** Pictures and papers of a draft: taken by the camera or chosen, shown, named and removed. */
export function PicturesPart({ session, onChange }: { readonly session: Session; readonly onChange: () => void }) {
  const { open, pictures } = useForm()
  const say = useLanguage().words(writing)
  const [fault, setFault] = useState<NotTaken>()
  const [isWorking, setWorking] = useState(false)
  const uses = valueAt(open.draft().progress.body, pathOf(USES))
  const items: readonly unknown[] = Array.isArray(uses) ? uses : []
  const isUsed = membersOf(spotOf(open.form.release, [open.form.root], open.draft().progress.body)).includes(
    'attachmentsUsed',
  )
  const useOf = (digest: string): number => items.findIndex((one) => valueAt(one, ['digest']) === digest)

  const take = async (files: readonly File[]): Promise<void> => {
    setWorking(true)
    setFault(undefined)
    for (const file of files) {
      if (open.draft().attachments.length >= MOST_PICTURES) {
        setFault('too-many')
        break
      }
      const taken = await takePicture(file)
      if (typeof taken === 'string') setFault(taken)
      else await add(taken)
    }
    setWorking(false)
  }
  const add = async ({ id, picture }: { readonly id: string; readonly picture: Picture }): Promise<void> => {
    const { attachments } = open.draft()
    if (pictures.some((one) => one.picture.digest === picture.digest)) return
    const description = say.pictures.captionDefault
    await session.vault.put('pictures', id, { ...picture, description })
    open.change({ attachments: [...attachments, id] })
    if (isUsed) {
      const held = valueAt(open.draft().progress.body, pathOf(USES))
      const place = Array.isArray(held) ? held.length : 0
      open.add(pathOf(USES))
      open.put([...pathOf(USES), String(place), 'digest'], picture.digest)
    }
    await open.keep()
    onChange()
  }
  const remove = async (id: string, digest: string): Promise<void> => {
    open.change({ attachments: open.draft().attachments.filter((one) => one !== id) })
    const place = useOf(digest)
    if (place >= 0) open.put([...pathOf(USES), String(place)], undefined)
    await session.vault.delete('pictures', id)
    await open.keep()
    onChange()
  }
  const describe = async (id: string, picture: Picture, description: string): Promise<void> => {
    await session.vault.put('pictures', id, { ...picture, description })
    onChange()
  }
  const choose = (input: HTMLInputElement): void => {
    const files = [...(input.files ?? [])]
    input.value = ''
    void take(files)
  }

  return (
    <>
      <ul class="govuk-list desk-pictures">
        {pictures.map(({ id, picture }, place) => (
          <li key={id} class="desk-item">
            <Shown
              picture={picture}
              label={
                picture.mediaType.startsWith('image/') ? say.pictures.picture(place + 1) : say.pictures.paper(place + 1)
              }
            />
            <div class="govuk-form-group">
              <label class="govuk-label" for={`caption-${place}`}>
                {say.pictures.caption}
              </label>
              <input
                id={`caption-${place}`}
                class="govuk-input"
                dir="auto"
                maxLength={500}
                defaultValue={picture.description}
                onChange={({ currentTarget }) =>
                  void describe(
                    id,
                    picture,
                    currentTarget.value.trim() === '' ? say.pictures.captionDefault : currentTarget.value,
                  )
                }
              />
            </div>
            {useOf(picture.digest) >= 0 && (
              <>
                <Place at={[...pathOf(USES), String(useOf(picture.digest)), 'kind']} />
                <Place at={[...pathOf(USES), String(useOf(picture.digest)), 'note']} />
              </>
            )}
            <button
              type="button"
              class="govuk-button govuk-button--secondary desk-thumb"
              onClick={() => void remove(id, picture.digest)}
            >
              {say.pictures.remove}
              <span class="govuk-visually-hidden"> {say.pictures.picture(place + 1)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class={`govuk-form-group${fault === undefined ? '' : ' govuk-form-group--error'}`}>
        <p id="pictures-hint" class="govuk-hint">
          {say.pictures.hint}
        </p>
        {fault !== undefined && (
          <p id="pictures-fault" class="govuk-error-message" role="alert">
            {say.pictures[fault]}
          </p>
        )}
        <label class="govuk-label govuk-label--s" for="camera">
          {say.pictures.take}
        </label>
        <input
          id="camera"
          class="govuk-file-upload"
          type="file"
          accept="image/*"
          capture="environment"
          aria-describedby="pictures-hint"
          onChange={({ currentTarget }) => choose(currentTarget)}
        />
        <label class="govuk-label govuk-label--s" for="files">
          {say.pictures.choose}
        </label>
        <input
          id="files"
          class="govuk-file-upload"
          type="file"
          multiple
          accept="image/*,.pdf,.docx,.txt"
          aria-describedby="pictures-hint"
          onChange={({ currentTarget }) => choose(currentTarget)}
        />
      </div>
      <p role="status" class="govuk-body">
        {isWorking ? say.pictures.working : ''}
      </p>
    </>
  )
}
