import { serve } from '@/lib/worker/serve'

/** What `npm run worker` runs, on the embedded database too: for tests that stop it. */
await serve({ worker: true })
