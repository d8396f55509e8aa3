/** What a person reads, in both languages of the channel. */
export type Text = { readonly en: string; readonly fr: string }
