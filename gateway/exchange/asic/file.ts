/** What a container with any number of files is (ETSI EN 319 162-1, 4.4.2). */
export const CONTAINER_TYPE = 'application/vnd.etsi.asic-e+zip'

/** A file of a container. Its name is ASCII, relative, and of the gateway's own making. */
export type File = { readonly name: string; readonly mediaType: string; readonly bytes: Buffer }

/** A file of text. */
export function textFile(name: string, mediaType: string, text: string): File {
  return { name, mediaType, bytes: Buffer.from(text) }
}
