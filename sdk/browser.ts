/** What @passerelle/sdk/browser offers where there is no Node: signing by WebCrypto, verifying, validating, warning, and a client over `fetch`. */

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
export { type BrowserClient as Client, type BrowserClientOptions, openBrowserClient } from './browser-client.ts'
export { makeSigner } from './browser-signer.ts'
export type { Received } from './calls.ts'
export { type Rules, untold } from './disclosure.ts'
export { type EvidenceCode, EvidenceFault } from './evidence/faults.ts'
export { verifyBundle } from './evidence/in-browser.ts'
export type { EvidenceTrust, Proven, ProvenEvent } from './evidence/proven.ts'
export type { MlDsa } from './evidence/public-key.ts'
export type { Evidence } from './evidence/telling.ts'
export type * from './generated/bodies.ts'
export type { Algorithm } from './jws.ts'
export type {
  Acknowledgement,
  AnyEnvelope,
  Attachment,
  Envelope,
  Message,
  MessageOf,
  Receipt,
  ReceiptEvent,
} from './message.ts'
export { type Fault, type FaultCode, PasserelleProblem, type ProblemDocument, SdkFault, type Text } from './problem.ts'
export { newId, signAcknowledgement, signEnvelope, type Signer, signMessage } from './sign.ts'
export { sha256 } from './hash.ts'
export { openValidator, type Validator } from './validate/validator.ts'
export { type ExpectedReceipt, verifyAcknowledgement, verifyMessage, verifyReceipt } from './verify.ts'
export { waitingNotice } from './waiting.ts'
export { type Warning, warnings } from './warnings.ts'
