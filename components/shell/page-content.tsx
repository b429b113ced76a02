'use client'

import { Activity, type ReactNode } from 'react'

/**
 * The page inside of the frame. React hydrates what stands in an `Activity` in slices, after the frame around it, so that a page with
 * thousands of elements keeps a slow phone from answering a tap for no more than a moment.
 */
export function PageContent({ children }: { children: ReactNode }) {
  return <Activity>{children}</Activity>
}
