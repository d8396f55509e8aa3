import type { LivedIn } from './lived-in.ts'

/** Every page of the console that shows something, by its path; of messages and cases, one of each state. */
export function pagesOf({ messages }: Pick<LivedIn, 'messages'>): readonly string[] {
  const { from, id, caseId } = messages['handed-over']
  const dead = messages['dead-lettered']
  return [
    '/',
    '/agencies',
    `/agencies/${from}`,
    '/agencies/fr-dep-59',
    '/agencies/fr-dep-59/resume',
    `/agencies/${dead.to}/retry-all`,
    '/messages',
    '/messages?state=dead-lettered&priority=immediate',
    '/messages?id=nothing',
    `/messages?id=${caseId}`,
    `/messages?id=${id}&agency=${from}`,
    ...Object.values(messages).map((message) => `/messages/${message.from}/${message.id}`),
    `/messages/${dead.from}/${dead.id}/retry`,
    `/messages/${dead.from}/${dead.id}/discard`,
    `/messages/${messages.consigned.from}/${messages.consigned.id}/telephoned`,
    '/dead-letters',
    '/cases',
    '/cases?caseId=nothing',
    `/cases/${caseId}`,
    `/cases/${caseId}/erase`,
    '/pending',
    '/acts',
    '/handover',
    '/figures',
    '/figures?period=2016-Q4',
    '/figures?period=2016',
    '/machine',
    '/trust',
    '/log',
    '/log/check',
    '/log/succeed',
    '/help',
    '/help/alarms/message-unread',
  ]
}
