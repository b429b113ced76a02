import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { spellControls } from '@/lib/domain/words'
import { joinClasses } from './join-classes'
import { ShownAt } from './time'

type Props = {
  title: ReactNode
  description?: ReactNode
  back?: { href: string; label: string }
  children?: ReactNode
  className?: string
}

/** The page's only h1, its description, the link back, and the buttons that concern the whole page. */
export function PageHeader({ title, description, back, children, className }: Props) {
  return (
    <header className={joinClasses('mb-6', className)}>
      <p className="mb-2 hidden text-xs text-ink-soft print:block">
        Rolecall, as shown on <ShownAt />
      </p>
      {back ? (
        <Link
          href={back.href}
          className="-ml-1 mb-2 inline-flex items-center gap-1 rounded-md pr-1.5 text-sm text-ink-soft hover:text-ink print:hidden"
        >
          <ChevronLeft aria-hidden className="size-4" />
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-full">
          <h1 dir="auto" className="text-left text-2xl font-semibold tracking-tight break-words">
            {typeof title === 'string' ? spellControls(title) : title}
          </h1>
          {description ? <div className="mt-1 text-ink-soft">{description}</div> : null}
        </div>
        {children ? <div className="flex flex-wrap items-center gap-2">{children}</div> : null}
      </div>
    </header>
  )
}
