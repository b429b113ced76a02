import { rmSync } from 'node:fs'
import { startSharedRolecall } from '@/testing/shared-rolecall'
import { startKillRounds } from './kill-rounds'
import { bundlePortal } from './told-process'

// A process that kills others, as often as it is asked to, and sends what became of each over the IPC channel.

const [seed = 1, kills = 1] = process.argv.slice(2).map(Number)
const send = (message: unknown) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

const program = await bundlePortal()
const rolecall = await startSharedRolecall()
const rounds = await startKillRounds(rolecall, program, seed)
for (let number = 1; number <= kills; number++) await send(await rounds.round(number))
await rounds.close()
await rolecall.close()
rmSync(program)
process.disconnect?.()
