'use client'

import { Activity, type ReactNode } from 'react'

/**
 * The page inside of the frame. React brings what stands in an `Activity` to life in slices, after the frame around it, so that a page
 * with thousands of elements never keeps a slow phone from answering a tap.
 */
export function PageContent({ children }: { children: ReactNode }) {
  return <Activity>{children}</Activity>
}
