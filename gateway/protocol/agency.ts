/** The parties of the registry file (protocol sections 1 and 7), as adapters and rules see them. */
import type { Text } from '../base/base.ts'
import type { Priority } from './priority.ts'

/** Which adapter decides where in an agency a message goes. */
export type Kind = 'ngo' | 'home-office' | 'local-authority' | 'police'

type DeliveryOptions = { readonly maxPerMinute?: number; readonly notify?: { readonly email: string } }

/** How a message reaches an agency or one of its desks; `trustAnchors` is PEM. */
export type Delivery =
  | ({ readonly mode: 'mailbox' } & DeliveryOptions)
  | ({ readonly mode: 'push'; readonly url: string; readonly trustAnchors: string } & DeliveryOptions)

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** Opening hours in local time, `from` and `to` as HH:MM; `24:00` ends a day. */
export type Hours = {
  readonly timeZone: string
  readonly open: readonly { readonly days: readonly Weekday[]; readonly from: string; readonly to: string }[]
}

/** What a desk takes; an absent member means: everything. */
export type Handles = {
  readonly types?: readonly string[]
  readonly priorities?: readonly Priority[]
  readonly ages?: { readonly from?: number; readonly to?: number }
}

export type Desk = {
  readonly id: string
  readonly name: Text
  readonly delivery: Delivery
  readonly handles?: Handles
  readonly hours?: Hours
}

export type CertificateUse = 'tls' | 'signing'

export type Agency = {
  readonly id: string
  readonly name: Text
  readonly country: 'FR' | 'GB'
  readonly kind: Kind
  readonly roles: readonly string[]
  readonly delivery: Delivery
  readonly desks: readonly Desk[]
  readonly status: 'active' | 'suspended'
  readonly contact?: { readonly email?: string; readonly phone?: string; readonly outOfHours?: string }
}

export type Operator = { readonly id: string; readonly name: string; readonly role: OperatorRole }

/** What an operator may do (protocol section 11); each may do what those before it may. */
export type OperatorRole = 'watch' | 'act' | 'manage'
