import Link from 'next/link'
import type { ComponentProps } from 'react'
import { type ButtonLook, buttonClasses } from './button'

/**
 * A link that looks like a button: it leads somewhere and changes nothing. Addresses outside the portal get a plain anchor.
 * It stands apart from the button, because error pages, which Next sends along with every page, do without Next's link.
 */
export function ButtonLink({
  variant,
  size,
  className,
  href,
  prefetch,
  ...rest
}: Omit<ComponentProps<'a'>, 'href'> & ButtonLook & { href: string; prefetch?: boolean }) {
  const classes = buttonClasses({ variant, size }, className)
  if (!href.startsWith('/')) return <a href={href} className={classes} {...rest} />
  return <Link href={href} prefetch={prefetch} className={classes} {...rest} />
}
