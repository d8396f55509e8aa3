/** What is said where something is proven without a line. */
export const en = {
  title: 'Verify a receipt or an evidence bundle',
  lead: 'Drop a file here, or choose one. It is verified on this device, without the network: nothing of it leaves.',
  file: 'Receipt, or evidence bundle',
  drop: 'Drop the file here',
  believe: 'Whom you believe',
  believeLead:
    'A bundle is proven by what you had before: the anchors of the certificates, and the keys of the log. Have these from elsewhere than the bundle.',
  noted: (keys: number): string => `${keys} keys of the log were noted when you used the desk.`,
  anchors: (count: number): string =>
    count === 0 ? 'No anchor is known on this device yet.' : `Anchors known on this device: ${count}.`,
  trustFile: 'Anchors (a .crt or .pem file), what `passerelle published` wrote, or a file of trust (.json)',
  kept: 'Kept on this device.',
  notTrust: 'This file holds neither anchors nor what the channel publishes.',
  forget: 'Forget the anchors and witnesses',
  genuine: 'It is genuine',
  receiptGenuine: (gateway: string): string =>
    `The channel ${gateway} signed this receipt. Its signature was verified on this device.`,
  about: (id: string): string => `It is about the message ${id}.`,
  digest: (digest: string): string => `Digest of the message’s bytes: ${digest}`,
  notProven: 'It proves nothing',
  why: 'Why:',
  where: (place: string): string => `Place in the file: ${place}`,
  nothingKnown:
    'This device has not yet seen what the channel publishes. Choose the file that `passerelle published` wrote, below.',
  noAnchors: 'Choose the anchors first, below: without them nothing says whose certificates these are.',
  neither: 'This is neither a receipt nor an evidence bundle.',
  tooLarge: 'This file is too large to be either.',
  working: 'Verifying…',
  save: 'Save the story as a page',
}
