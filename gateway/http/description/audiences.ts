import type { Audience } from './description.ts'
import { alarms, push } from './webhooks.ts'

type Told = {
  readonly info: { readonly title: string; readonly summary: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly port: string
  /** The certificate that all but public operations ask for. */
  readonly scheme: string
  readonly schemes: Readonly<Record<string, { readonly type: 'mutualTLS'; readonly description: string }>>
  readonly webhooks: object
}

const SCHEMAS = { name: 'schemas', description: 'Published schemas, code lists and examples (section 8)' }
const DESCRIPTIONS = { name: 'descriptions', description: 'What the API and its refusals mean' }

/** What a description says of a listener as a whole; sections are those of the protocol. */
export const audiences: Readonly<Record<Audience, Told>> = {
  agencies: {
    info: {
      title: 'Passerelle exchange protocol',
      summary: 'Signed child protection messages between agencies in France and the United Kingdom',
      description:
        'HTTPS with TLS 1.3 only, and a client certificate. Any refusal is a problem document (RFC 9457), in French where `Accept-Language` prefers it; 405 for a method that an address does not know, and 400 for what is not HTTP, may be the answer to any request. Every call may be repeated. The protocol page of the project binds where this description is silent.',
    },
    tags: [
      { name: 'messages', description: 'Submitting messages, and what became of them (sections 4 and 6)' },
      { name: 'inbox', description: 'Receiving and acknowledging (section 7)' },
      { name: 'attachments', description: 'Putting and fetching attachments (section 9)' },
      { name: 'cases', description: 'The messages of a case (section 5)' },
      { name: 'directory', description: 'Who takes part, and by which certificates (section 1)' },
      { name: 'log', description: 'The evidence log (section 10)' },
      SCHEMAS,
      DESCRIPTIONS,
    ],
    port: '8443',
    scheme: 'agencyCertificate',
    schemes: {
      agencyCertificate: {
        type: 'mutualTLS',
        description: 'The TLS certificate that the registry pins to an active agency (section 1)',
      },
      gatewayCertificate: {
        type: 'mutualTLS',
        description: 'One of the `tlsCertificates` of the well-known document, which the gateway shows when it pushes',
      },
    },
    webhooks: push,
  },
  operators: {
    info: {
      title: 'Passerelle operations',
      summary: 'Keeping the channel running, without ever reading a message',
      description:
        'HTTPS with TLS 1.3 only. Nothing here shows what a message says. Any refusal is a problem document (RFC 9457), in French where `Accept-Language` prefers it. An act is a POST of the same origin: a `Sec-Fetch-Site` or `Origin` of another site is refused.',
    },
    tags: [
      { name: 'health', description: 'For whoever watches the gateway' },
      { name: 'overview', description: 'How things stand, and what happens' },
      { name: 'messages', description: 'Metadata of messages and cases; retrying, discarding and erasing' },
      { name: 'agencies', description: 'Holding deliveries to an agency' },
      { name: 'acts', description: 'Who did what, what waits for a second operator, and notes to the next shift' },
      { name: 'alarms', description: 'The alarms that are on, and who sees to them' },
      { name: 'log', description: 'The evidence log (section 10)' },
      SCHEMAS,
      DESCRIPTIONS,
    ],
    port: '9443',
    scheme: 'operatorCertificate',
    schemes: {
      operatorCertificate: {
        type: 'mutualTLS',
        description: 'A certificate that the registry file pins to an operator (section 11)',
      },
    },
    webhooks: alarms,
  },
}
