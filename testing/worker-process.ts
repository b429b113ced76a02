import { whenEnding } from '@/lib/ending'
import { serve } from '@/lib/worker/serve'

/**
 * A worker like that of `npm run worker`, but also on the embedded database, for tests that stop it. With the argument
 * `stuck` something in it never finishes when it is told to end.
 */
if (process.argv[2] === 'stuck') whenEnding(() => new Promise(() => {}))
await serve({ worker: true })
