import type { Metadata } from 'next'
import { notFound } from 'next/navigation'

export const metadata: Metadata = { title: 'Nothing here' }

/**
 * What every address shows that no route answers: `next.config.ts` leads them here. Without this page Next would answer outside of
 * the frame, to members too.
 */
export default function MissingPage() {
  notFound()
}
