import type { ComponentProps } from 'react'

/** A link of which a page has hundreds, to a page of the portal. `SoftLinks` follows it; without a script the browser does. */
export function ListLink({ href, children, ...rest }: Omit<ComponentProps<'a'>, 'href'> & { href: string }) {
  return (
    <a data-soft href={href} {...rest}>
      {children}
    </a>
  )
}
