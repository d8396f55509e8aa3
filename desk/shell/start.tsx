import { keys } from '../words/keys.ts'
import { shell } from '../words/shell.ts'
import { useLanguage } from './language.ts'
import type { ScreenProps } from './routes.ts'

/** Where a device begins. */
export function Start({ session }: ScreenProps) {
  const { words } = useLanguage()
  const [say, key] = [words(shell), words(keys)]
  return (
    <>
      <h1 class="govuk-heading-l">{say.home}</h1>
      <p class="govuk-body">{session.signer === undefined ? key.none : key.ready}</p>
    </>
  )
}
