'use client'

import { Blocks, History, Settings, Users } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { joinClasses } from '@/components/ui/join-classes'

const PLACES = [
  { href: '/integrations', label: 'Integrations', Icon: Blocks },
  { href: '/people', label: 'People', Icon: Users },
  { href: '/changes', label: 'Changes', Icon: History },
  { href: '/settings', label: 'Settings', Icon: Settings },
]

/** The links to the parts of the portal, with the current one marked. */
export function RailLinks() {
  const path = usePathname()

  return (
    <nav aria-label="Main" className="flex-1">
      <ul className="flex justify-around gap-1 sm:flex-col sm:justify-start sm:gap-0.5">
        {PLACES.map(({ href, label, Icon }) => {
          const here = path === href || path.startsWith(`${href}/`)
          return (
            <li key={href}>
              <Link
                href={href}
                title={label}
                aria-current={here ? 'page' : undefined}
                className={joinClasses(
                  'flex flex-col items-center gap-0.5 rounded-md px-3 py-1 font-medium transition-colors sm:flex-row sm:gap-2.5 sm:px-2.5 sm:py-2',
                  here ? 'bg-accent-soft text-accent' : 'text-ink-soft hover:bg-ink/5 hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4.5 shrink-0 sm:size-4 rail:size-4" />
                <span className="text-xs sm:sr-only rail:not-sr-only rail:text-base">{label}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
