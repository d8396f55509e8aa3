import type { Facts } from '../protocol/protocol.ts'
import type { Signed } from './signer.ts'

/** Each check gives a narrower type: what has not been through all of them cannot be accepted. */
export type Permitted = Signed & { readonly envelope: Facts }
export type Valid = Permitted & { readonly checked: 'schema and pathway' }
