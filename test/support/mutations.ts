import fc from 'fast-check'

/** One change to bytes. */
export type Mutation = (bytes: Buffer) => Buffer

/** Where, between 0 and 1. Evenly spread: fast-check's own preference would put nearly all of them on the first bytes. */
const place = fc.noBias(fc.nat(9_999)).map((share) => share / 10_000)
const splice =
  (at: number, removed: number, added: Uint8Array): Mutation =>
  (bytes) => {
    const index = Math.floor(at * bytes.length)
    return Buffer.concat([bytes.subarray(0, index), added, bytes.subarray(index + removed)])
  }
const scraps = '.|=|-|_|A|\n|\r\n|{|}|[|]|"|\\|,|:|0|-1|1e999|null|{}|"id":|"\\ud800"|\\u0061|\ufeff|\0|\ud800'.split(
  '|',
)
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom('a', 'Z', '0', '9', '-', '_')).map(([at, one]) => splice(at, 1, Buffer.from(one))),
  fc.tuple(place, fc.nat(255)).map(([at, byte]) => splice(at, 1, Uint8Array.of(byte))),
  fc.tuple(place, fc.nat(40), fc.uint8Array({ maxLength: 4 })).map(([at, cut, bytes]) => splice(at, cut, bytes)),
  fc.tuple(place, fc.nat(3), fc.constantFrom(...scraps)).map(([at, cut, text]) => splice(at, cut, Buffer.from(text))),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) => {
        const start = Math.floor(from * bytes.length)
        return splice(to, 0, bytes.subarray(start, start + 30))(bytes)
      },
  ),
)

/** One to three changes: letters, bytes, scraps of JSON and JWS, cuts, copies of another place. */
export const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 })

/** Bytes after the changes, one after the other. */
export function mutate(bytes: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce((changed, change) => change(changed), bytes)
}
