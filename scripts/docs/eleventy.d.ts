/** What of Eleventy is used here; it comes without types. */
declare module '@11ty/eleventy' {
  export type Item = { readonly data: Readonly<Record<string, unknown>> }
  export type Configuration = {
    readonly ignores: Set<string>
    addTemplate(path: string, content: string, data: Readonly<Record<string, unknown>>): void
    addFilter(name: string, filter: (...values: never[]) => unknown): void
    addGlobalData(name: string, data: unknown): void
    setLibrary(engine: 'md', library: object): void
    setUseGitIgnore(use: boolean): void
  }
  export default class Eleventy {
    constructor(
      input: string,
      output: string,
      options: { readonly quietMode: boolean; readonly config: (eleventy: Configuration) => object },
    )
    write(): Promise<unknown>
  }
}
