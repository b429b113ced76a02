import Link from 'next/link'
import type { ComponentProps } from 'react'
import { type ButtonLook, buttonClasses } from './button-classes'

/** A link that looks like a button: it goes somewhere, it does nothing. Addresses outside the portal get a plain anchor. */
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
