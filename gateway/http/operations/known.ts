type Unknown<T> = { [Key in keyof T]: undefined extends T[Key] ? Key : never }[keyof T]
/** What may be unknown may be absent. */
export type Known<T> = Omit<T, Unknown<T>> & { [Key in Unknown<T>]?: Exclude<T[Key], undefined> }

/** Leaves out members that do not apply, as everywhere in the protocol. */
export function known<T extends object>(members: T): Known<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Known<T>
}
