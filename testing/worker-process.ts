import { serve } from '@/lib/worker/serve'

/** A worker like that of `npm run worker`, but also on the embedded database, for tests that stop it. */
await serve({ worker: true })
