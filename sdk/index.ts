/** What @passerelle/sdk offers under Node: the client, the receiver, signing, verifying, validating and warning. */

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
export { type Configuration, readConfiguration } from './configuration.ts'
export { type Rules, untold } from './disclosure.ts'
export { createReceiver, type Memory, type Outcome, type Receiver, type ReceiverOptions } from './endpoint.ts'
export {
  type Evidence,
  type EvidenceCode,
  EvidenceFault,
  type EvidenceTrust,
  verifyBundle,
} from './evidence/evidence.ts'
export type { Following } from './following.ts'
export type * from './generated/bodies.ts'
export { type Identity, makeSigner, readIdentity } from './identity.ts'
export type { Algorithm } from './jws.ts'
export { digestOf } from './keys.ts'
export type { Acknowledgement, Attachment, Envelope, Message, MessageOf, Receipt, ReceiptEvent } from './message.ts'
export { type Fault, type FaultCode, PasserelleProblem, type ProblemDocument, SdkFault, type Text } from './problem.ts'
export { type CallerCheck, openCallerCheck } from './receiver.ts'
export { type Json, type JsonObject, ShapeFault } from './shape.ts'
export { newId, signAcknowledgement, signEnvelope, type Signer, signMessage } from './sign.ts'
export type { Patience } from './transport.ts'
export { examplesOf, isMessage, releases, validate } from './validate/validate.ts'
export { type ExpectedReceipt, verifyAcknowledgement, verifyMessage, verifyReceipt } from './verify.ts'
export { waitingNotice } from './waiting.ts'
export { type Warning, warnings } from './warnings.ts'
