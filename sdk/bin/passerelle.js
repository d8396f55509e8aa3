#!/usr/bin/env node
// Where the SDK is written its sources are run as they are; where it is installed there are none.
import { existsSync } from 'node:fs'

const source = new URL('../cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : '../dist/cli/main.js')
process.exitCode = await main(process.argv.slice(2))
