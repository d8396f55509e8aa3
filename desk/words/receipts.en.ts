/** What receipts say to people, in English. `when` is «at 18:02 (GMT)», `who` the other agency's name. */
export const en = {
  accepted: (when: string): string => `Received by the channel ${when}.`,
  rejected: (when: string): string => `The channel refused it ${when}.`,
  consigned: (when: string, who: string): string => `Laid in the mailbox of ${who} ${when}. Nobody has opened it yet.`,
  failed: (when: string, who: string): string =>
    `It could not be delivered to ${who}: the channel gave up ${when}. Its operators have been told.`,
  read: (when: string, who: string): string => `Read ${when} by ${who}.`,
  refused: (when: string, who: string, why: string): string =>
    `Refused ${when} by ${who}${why === '' ? '' : `: ${why}`}.`,
  unread: (when: string, who: string): string => `${who} had not opened it ${when}, which is too long.`,
  resumed: (when: string): string => `An operator had delivery tried again ${when}.`,
  discarded: (when: string): string => `Two operators gave it up for good ${when}.`,
  overdueTheirs: (when: string, who: string): string => `${who} owed you an answer ${when}, and none is there.`,
  overdueOurs: (when: string, who: string): string => `You owed ${who} an answer ${when}, and none is there.`,
  ring: (who: string, telephone: string): string => `Ring ${who} now: ${telephone}.`,
  ringThem: (who: string): string => `Ring ${who} now. The channel has no telephone number of theirs.`,
  answer: 'Answer now, even if only to say when you can say more.',
  again: 'Write it again, or send it to whom it concerns.',
  unproven: 'The channel’s word for this could not be verified on this device. Do not rely on it: ring the operator.',
  waits: (when: string): string => `Delivery waits for their desk to open ${when}.`,
}
