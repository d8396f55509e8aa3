import type { LivedIn } from './lived-in.ts'

/** Every page of the console that shows something, by its path; of messages and cases, one of each state. */
export function pagesOf({ messages }: Pick<LivedIn, 'messages'>): readonly string[] {
  const { from, id, caseId } = messages['handed-over']
  return [
    '/messages',
    '/messages?state=dead-lettered&priority=immediate',
    '/messages?id=nothing',
    `/messages?id=${caseId}`,
    ...Object.values(messages).map((message) => `/messages/${message.from}/${message.id}`),
    `/messages?id=${id}&agency=${from}`,
    '/cases',
    '/cases?caseId=nothing',
    `/cases/${caseId}`,
    '/machine',
    '/trust',
    '/log',
    '/help',
    '/help/alarms/message-unread',
  ]
}
