/** The door of who is who: certificates, trust, the registry, the gateway’s own keys. */
export { type Certificate, isIssuedBy, parseCertificate, parseCertificates } from './certificate.ts'
export type { Verdict } from './chain.ts'
export { type GatewayKeys, loadGatewayKeys } from './keys.ts'
export { loadDataKeys, loadLogKeys, type LogKeys, readDataKeys } from './own-keys.ts'
export type { Caller, RegisteredAgency } from './party.ts'
export { readPeerChain } from './peer-chain.ts'
export { kinds, openRegistry, type Registry, RegistryFault } from './registry.ts'
export { type Alarm, openTrust, TrustFault, type TrustSnapshot, WARN_BEFORE_MS } from './trust.ts'
