import type { Metadata } from 'next'
import { notFound } from 'next/navigation'

export const metadata: Metadata = { title: 'Nothing here' }

/** Every address that no other route answers. Without this page Next would answer outside of the frame, to members too. */
export default function MissingPage() {
  notFound()
}
