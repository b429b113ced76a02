import { env } from '@/lib/env'
import { endWithSentence } from './end-with-sentence'
import { serve } from './serve'

/** Opens the database and the queue for the portal, and works the queue too unless that is left to others. */
export const startPortal = (): Promise<void> => endWithSentence(() => serve({ worker: env().worker }))
