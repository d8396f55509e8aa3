/**
 * Why a hand-over failed, as one fixed word: it goes into receipts and logs, and what sockets and servers say of
 * themselves quotes names and addresses.
 */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}
