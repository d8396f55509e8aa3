/** The door of the protocol’s rules: pure functions and tables. */
export { type Acknowledgement, parseAcknowledgement } from './acknowledgement.ts'
export { type CaseFact, type CaseFigures, type DatedFact, figuresOf } from './case-facts.ts'
export type { Agency, CertificateUse, Delivery, Desk, Hours, Kind, Operator, Weekday } from './agency.ts'
export { type Catalogue, readCatalogue, type SchemaFiles } from './catalogue.ts'
export { addCounters, type Counters, countersOf, type Lists, listsOf } from './counters.ts'
export { ageOf, type Untold, untoldTo } from './disclosure.ts'
export { type Facts, parseEnvelope, peekIdentity } from './envelope.ts'
export { AGENCY_ID, AGENCY_ID_LENGTH, digestText, parseDigest, parseTime, rfc3339, THUMBPRINT, UUID } from './forms.ts'
export { isJsonObject, type Json, JsonFault, type JsonObject, parseJson } from './json.ts'
export { type Algorithm, isFresh, type Jws, type MediaType, parseJws } from './jws.ts'
export { ATTACHMENT_TYPES, type AttachmentType, MAX_ATTACHMENT_BYTES, PROTOCOL_VERSION } from './limits.ts'
export {
  consistencyPath,
  HASH_BYTES,
  inclusionPath,
  leafHash,
  type NodeReader,
  treeRoot,
  verifyInclusion,
} from './merkle.ts'
export {
  type Checkpoint,
  type Note,
  NoteFault,
  parseBase64,
  parseCheckpoint,
  parseNote,
  parseSignature,
} from './note.ts'
export {
  type NoteSigner,
  noteSigner,
  openCheckpoint,
  parseVerifierKey,
  signedCheckpoint,
  type Verified,
  type VerifierKey,
  verifyLine,
} from './note-keys.ts'
export { checkReply, isAnswered, isPermitted, needsParticipation, parsePathway, type Pathway } from './pathway.ts'
export { nextQuarter, parsePeriod, type Period, quarterOf, quartersOf, yearOf } from './period.ts'
export { type Lane, priorities, type Priority, priorityOf } from './priority.ts'
export {
  certificateReasons,
  type Fault,
  type Language,
  Problem,
  type ProblemCode,
  problemDocument,
  problems,
} from './problems.ts'
export { peekBody, type Reading, readMessage } from './reading.ts'
export {
  type Cell,
  type Publication,
  type Published,
  publishQuarter,
  publishYear,
  type Shown,
  type Tables,
} from './publication.ts'
export { makeReceipt, type Receipt, type ReceiptEvent, type ReceiptFields } from './receipt.ts'
export { schemaViolation, stale, tooLarge, unsupportedVersion } from './refusal-words.ts'
export { nextAttempt } from './retry.ts'
export { compileExplanations, compileSchemas } from './schemas.ts'
export {
  checkSignature,
  fits,
  invalidSignature,
  type KeyKind,
  makeSignature,
  type SignatureWork,
  type Signer,
  type SigningJob,
  signJws,
  unfitAlgorithm,
  type VerifyingJob,
  verifyingJob,
  verifySignature,
} from './signature.ts'
export {
  nodesFromTiles,
  parseTilePath,
  type Tile,
  tileHash,
  tilePath,
  type TileReader,
  TILE_WIDTH,
  tileWidth,
} from './tiles.ts'
export { type State, transitions, unanswered } from './state.ts'
export {
  isQuorum,
  isUncosigned,
  type LastCosigned,
  UNCOSIGNED_MS,
  type Witness,
  type Witnesses,
} from './quorum.ts'
export { type PublishedSchema, publishedSchemas } from './schema-digests.ts'
