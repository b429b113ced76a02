'use client'

import { Check } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'

type Props = {
  href: string
  /** Whether it is what the page shows now. */
  current: boolean
  children: ReactNode
}

/** Opens a saved view, and closes the panel that the link stands in, which gives the focus back to its button. */
export function ViewLink({ href, current, children }: Props) {
  return (
    <Link
      href={href}
      prefetch={false}
      scroll={false}
      aria-current={current ? 'true' : undefined}
      onClick={({ currentTarget }) => currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()}
      className="link inline-flex min-h-6 min-w-0 items-center gap-1.5 justify-self-start text-base font-medium wrap-anywhere"
    >
      {children}
      {current ? <Check aria-hidden className="size-4 shrink-0" /> : null}
    </Link>
  )
}
