/** What @passerelle/sdk offers: the client, signing, verifying and warning. */

export type {
  Accepted,
  Acknowledged,
  CaseView,
  Directory,
  FeedEntry,
  InboxEntry,
  InboxPage,
  MessageStatus,
  ReceiptPage,
  WellKnown,
} from './answers.ts'
export {
  type Client,
  type ClientOptions,
  type Draft,
  type Feed,
  type InboxQuery,
  openClient,
  type Received,
} from './client.ts'
export { type Rules, untold } from './disclosure.ts'
export { type Algorithm, digestOf } from './jws.ts'
export type { Acknowledgement, Attachment, Envelope, Priority, Receipt, ReceiptEvent } from './message.ts'
export { type Fault, type FaultCode, PasserelleProblem, type ProblemDocument, SdkFault, type Text } from './problem.ts'
export { type Json, type JsonObject, ShapeFault } from './shape.ts'
export {
  type Identity,
  makeSigner,
  newId,
  readIdentity,
  signAcknowledgement,
  type Signer,
  signMessage,
} from './sign.ts'
export { type CallerCheck, openCallerCheck } from './receiver.ts'
export type { Patience } from './transport.ts'
export { type ExpectedReceipt, verifyAcknowledgement, verifyMessage, verifyReceipt } from './verify.ts'
export { waitingNotice } from './waiting.ts'
export { type Warning, warnings } from './warnings.ts'
