/** What is said of the signing key of this device. */
export const en = {
  title: 'Signing key',
  lead: 'Every message that you send is signed on this device. The key for that never leaves it, and the operator of the gateway never has it.',
  none: 'This device has no signing key yet. You can read, and you cannot send.',
  trouble: {
    lost: 'The browser has thrown the signing key of this device away. Tell whoever keeps the registry to take its certificate out, and make a new key.',
    expired:
      'The certificate of this device’s signing key has expired: the gateway refuses what it signs. Make a new key.',
  },
  ready: 'This device signs for your agency.',
  expires: (date: string): string => `Its certificate is good until ${date}. Make a new key before that.`,
  expired: (date: string): string => `Its certificate has expired on ${date}. Make a new key.`,
  thumbprint: 'Thumbprint of its certificate (SHA-256):',
  make: 'Make a key on this device',
  makeLead:
    'The device makes a key and a request for its certificate. The request goes to the authority that certifies your agency; it holds no secret.',
  waiting: 'The key waits for its certificate',
  waitingLead:
    'Give this request to the authority that certifies your agency. It signs a certificate, which whoever keeps the registry enters in it. Then the desk finds it by itself, or you bring it here as a file.',
  digest: 'Read them this number on the telephone: so they know that nobody has changed the request on its way.',
  download: 'Save the request',
  look: 'Look whether it is registered',
  notYet: 'The registry has no certificate of this key yet.',
  bring: 'Bring the certificate',
  certificate: 'The certificate (PEM: .crt, .pem)',
  take: 'Use this certificate',
  have: 'Bring a key that you have',
  haveLead:
    'If the authority gave you a file that ends in .p12 or .pfx, with the key that signs, bring it here once. It is then kept so that it cannot be taken out; delete the file afterwards.',
  file: 'The file (.p12, .pfx)',
  password: 'Its password',
  takeFile: 'Use this key',
  chooseFile: 'Choose a file',
  replace: 'Use another key',
  replaceLead: 'The key that stands here is deleted once the new one is there.',
  taken: 'The key is ready.',
  working: 'Working…',
  notRegistered:
    'The registry has not entered this certificate for signing: the gateway refuses what it signs. If it is the one by which the browser connects, you need the other one.',
  faults: {
    'not-pkcs12': 'This is not a .p12 file',
    'wrong-password': 'The password is wrong, or the file is damaged',
    'no-key': 'There is no private key in this file',
    'no-certificate': 'There is no certificate of the key in this file',
    'key-not-supported': 'The gateway takes no keys of this kind: P-256, P-384, Ed25519, or RSA of 2048 bits or more',
    'other-key': 'This certificate belongs to another key than the one on this device',
    'no-answer': 'The gateway does not answer. Try again when the line is back',
  },
}
