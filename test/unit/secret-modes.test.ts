import { expect, test } from 'vitest'
import { judgeFolder } from '../../gateway/base/data-folder.ts'
import { judgeSecret } from '../../gateway/base/text-file.ts'

const FILE = 0o100000
const FOLDER = 0o040000
const [ROOT, SELF, OTHER] = [0, 1000, 1001]

test.each([
  [SELF, 0o600],
  [SELF, 0o400],
  [ROOT, 0o640],
  [ROOT, 0o440],
  [ROOT, 0o400],
])('a secret of user %i with mode %o is private to user 1000', (owner, mode) => {
  expect(judgeSecret(owner, FILE | mode, SELF)).toBeUndefined()
})

test.each([
  [SELF, 0o640, 'mode 0640'],
  [SELF, 0o604, 'mode 0604'],
  [SELF, 0o620, 'mode 0620'],
  [SELF, 0o644, 'mode 0644'],
  [SELF, 0o601, 'mode 0601'],
  [ROOT, 0o644, 'mode 0644'],
  [ROOT, 0o660, 'mode 0660'],
  [OTHER, 0o600, 'belongs to another user (1001)'],
  [OTHER, 0o400, 'belongs to another user (1001)'],
])('a secret of user %i with mode %o is not', (owner, mode, said) => {
  expect(judgeSecret(owner, FILE | mode, SELF)).toContain(said)
})

test('root’s own secrets are root’s alone', () => {
  expect(judgeSecret(ROOT, FILE | 0o600, ROOT)).toBeUndefined()
  expect(judgeSecret(ROOT, FILE | 0o640, ROOT)).toContain('mode 0640')
  expect(judgeSecret(SELF, FILE | 0o600, ROOT)).toContain('belongs to another user (1000)')
})

test.each([
  [SELF, 0o700, undefined],
  [SELF, 0o755, undefined],
  [ROOT, 0o711, undefined],
  [SELF, 0o775, 'mode 0775'],
  [SELF, 0o702, 'mode 0702'],
  [SELF, 0o1777, 'mode 1777'],
  [OTHER, 0o700, 'belongs to another user (1001)'],
])('a data folder of user %i with mode %o', (owner, mode, said) => {
  const fault = judgeFolder(owner, FOLDER | mode, SELF)
  if (said === undefined) expect(fault).toBeUndefined()
  else expect(fault).toContain(said)
})
