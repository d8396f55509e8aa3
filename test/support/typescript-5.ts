// What openapi-typescript writes its declarations with; TypeScript 7, the project's own, compiles them.
import { ts } from '@ts-morph/common'

// oxlint-disable-next-line import/no-default-export -- openapi-typescript imports it so
export default ts
