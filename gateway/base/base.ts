/** The door of what all other rooms stand on. */
export { createGroup, OverloadFault, AMPLE, SMALL } from './batching.ts'
export { type Config, readConfig, settingName } from './config.ts'
export { judgeFile, openDataFolder } from './data-folder.ts'
export { codeOf } from './fault-code.ts'
export { type FaultPoint, openFaultPoints } from './fault-points.ts'
export { type Host, readHosts } from './hosts.ts'
export { createLog, type Log } from './logger.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { every } from './periodic.ts'
export { createRecent } from './recent.ts'
export { openRenewal } from './renewal.ts'
export {
  blame,
  ConfigurationFault,
  host,
  path,
  readSettings,
  type Setting,
  type Values,
  whole,
} from './setting.ts'
export { MAIL_ADDRESS, type ServerAddress } from './setting-url.ts'
export { readSecret, readText } from './text-file.ts'
export type { Text } from './text.ts'
export { within } from './time-out.ts'
export { openTracing, type Step, type Tracing } from './tracing.ts'
export { createTurns, type Turns } from './turns.ts'
