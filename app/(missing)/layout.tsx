import type { ReactNode } from 'react'
import PortalLayout from '@/app/(portal)/layout'
import { currentMember } from '@/lib/auth/request'

/** Members see what an unknown address answers in the frame of the portal. */
export default async function MissingLayout({ children }: { children: ReactNode }) {
  return (await currentMember()) ? <PortalLayout>{children}</PortalLayout> : children
}
