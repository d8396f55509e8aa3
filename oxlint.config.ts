import { defineConfig } from 'oxlint'
import { rooms } from './scripts/house/rooms.ts'

// oxlint-disable-next-line import/no-default-export -- oxlint reads its configuration from the default export
export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise'],
  jsPlugins: ['./scripts/house/arrows.ts'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['node_modules', 'certs-dev/out', 'data', '**/generated', 'sdk/dist', 'desk/dist'],
  rules: {
    'house/arrows': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': ['error', { allow: ['reflect-metadata'] }],
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'no-await-in-loop': 'off',
    'no-console': 'error',
    'no-shadow': 'off',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-enum-assignment': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/unbound-method': 'off',
    'unicorn/consistent-function-scoping': 'off',
  },
  overrides: [
    {
      // In these rooms time, chance and the process are arguments.
      files: rooms.filter(({ pure }) => pure === true).map(({ folder }) => `${folder}/**`),
      rules: {
        'no-restricted-globals': [
          'error',
          { name: 'process', message: 'An argument instead.' },
          ...['fetch', 'setTimeout', 'setInterval'].map((name) => ({ name, message: 'Rules do no input or output.' })),
        ],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Time is an argument.' },
          { object: 'Math', property: 'random', message: 'Chance is an argument.' },
        ],
      },
    },
  ],
})
