import type { ReactNode } from 'react'
import { buttonClasses } from '@/components/ui/button'
import { BrandMark } from './brand-mark'

type Props = { title: string; children: ReactNode; actions?: ReactNode; inFrame?: boolean }

/** A page with one message: what happened, what to do, and buttons. In the frame there is a `main` around it already. */
export function MessagePage({ title, children, actions, inFrame }: Props) {
  const Element = inFrame ? 'div' : 'main'

  return (
    <Element className="grid min-h-[70dvh] place-content-center justify-items-center gap-2 px-4 py-16 text-center">
      <BrandMark className="mb-3 size-8" />
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="max-w-md text-ink-soft">{children}</div>
      {actions ? <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </Element>
  )
}

type PlainLinkProps = { href: string; variant?: 'primary' | 'secondary'; children: string }

/**
 * A link on from a page that failed or does not exist. It is a plain anchor, so that it loads the portal afresh, and so
 * that these pages, which Next sends along with every other page, need no code for it.
 */
export const PlainLink = ({ href, variant, children }: PlainLinkProps) => (
  <a href={href} className={buttonClasses({ variant })}>
    {children}
  </a>
)

/** The link back to where the portal begins. */
export const HomeLink = ({ variant }: { variant?: 'primary' | 'secondary' }) => (
  <PlainLink href="/integrations" variant={variant}>
    Go to Integrations
  </PlainLink>
)
