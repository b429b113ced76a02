import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { spellControls } from '@/lib/domain/words'
import { joinClasses } from './join-classes'
import { ShownAt } from './time'

/** Says on paper when the page was as it is printed. */
export const PrintedAt = () => (
  <p className="mb-2 hidden text-xs text-ink-soft print:block">
    Rolecall, as shown on <ShownAt />
  </p>
)

/** The link from a page to the list that it belongs to. */
export const BackLink = ({ href, label, className }: { href: string; label: string; className?: string }) => (
  <Link
    href={href}
    className={joinClasses(
      '-ml-1 inline-flex items-center gap-1 rounded-md pr-1.5 text-sm text-ink-soft hover:text-ink print:hidden',
      className,
    )}
  >
    <ChevronLeft aria-hidden className="size-4" />
    {label}
  </Link>
)

/** The page's only h1: a name from outside may be of any length and in any script. */
export const PageTitle = ({ children, className }: { children: ReactNode; className?: string }) => (
  <h1 dir="auto" className={joinClasses('text-left font-semibold tracking-tight break-words', className)}>
    {typeof children === 'string' ? spellControls(children) : children}
  </h1>
)

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
      <PrintedAt />
      {back ? <BackLink {...back} className="mb-2" /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-full">
          <PageTitle className="text-2xl">{title}</PageTitle>
          {description ? <div className="mt-1 text-ink-soft">{description}</div> : null}
        </div>
        {children ? <div className="flex flex-wrap items-center gap-2">{children}</div> : null}
      </div>
    </header>
  )
}
