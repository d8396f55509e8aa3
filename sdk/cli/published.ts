import { readFile } from 'node:fs/promises'
import { directory, type Directory, wellKnown, type WellKnown } from '../answers.ts'
import { parseJson, record } from '../shape.ts'

/** What the gateway publishes and verifying takes: its own certificates, and those of the agencies. */
export type Published = { readonly wellKnown: WellKnown; readonly directory: Directory }

const form = record({ wellKnown, directory })

/** Reads what `passerelle published` has written. */
export async function readPublished(path: string): Promise<Published> {
  return form(parseJson(await readFile(path)), '')
}
