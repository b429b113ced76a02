'use client'

import Link from 'next/link'
import { type ComponentProps, useState } from 'react'

/**
 * A link whose page is fetched ahead only when somebody points at it or focuses it, so that a page with many links asks for none of them
 * by itself. It is the pattern of Next's own guide to prefetching.
 */
export function IntentLink(props: Omit<ComponentProps<typeof Link>, 'prefetch' | 'onMouseEnter' | 'onFocus'>) {
  const [isMeant, setMeant] = useState(false)
  const mean = () => setMeant(true)
  return <Link {...props} prefetch={isMeant ? null : false} onMouseEnter={mean} onFocus={mean} />
}
