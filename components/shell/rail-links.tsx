'use client'

import { Blocks, History, Settings, Users } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { IntentLink } from '@/components/ui/intent-link'
import { joinClasses } from '@/components/ui/join-classes'
import { attentionWords } from '@/lib/domain/words'
import { useAttention } from './attention'

const PLACES = [
  { href: '/integrations', label: 'Integrations', Icon: Blocks },
  { href: '/people', label: 'People', Icon: Users },
  { href: '/changes', label: 'Changes', Icon: History },
  { href: '/settings', label: 'Settings', Icon: Settings },
]

/** The links to the parts of the portal, with the current one marked, and at Integrations how many subscriptions need attention. */
export function RailLinks() {
  const path = usePathname()
  const attention = useAttention()

  return (
    <nav aria-label="Main" className="flex-1">
      <ul className="flex justify-around gap-0 min-[23rem]:gap-1 sm:flex-col sm:justify-start sm:gap-0.5">
        {PLACES.map(({ href, label, Icon }) => {
          const here = path === href || path.startsWith(`${href}/`)
          return (
            <li key={href}>
              <IntentLink
                href={href}
                title={label}
                aria-current={here ? 'page' : undefined}
                className={joinClasses(
                  'relative flex flex-col items-center gap-0.5 rounded-md px-1 py-1 min-[23rem]:px-3 font-medium transition-colors sm:flex-row sm:gap-2.5 sm:px-2.5 sm:py-2',
                  here
                    ? 'bg-accent-soft text-accent forced-colors:outline-2 forced-colors:-outline-offset-2 forced-colors:outline-[Highlight]'
                    : 'text-ink-soft hover:bg-ink/5 hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4.5 shrink-0 sm:size-4 rail:size-4" />
                <span className="text-xs sm:sr-only rail:not-sr-only rail:text-base">{label}</span>
                {href === '/integrations' && attention > 0 ? <Badge count={attention} /> : null}
              </IntentLink>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

/** The most that the badge shows as a number, because it stands on an icon where the rail is narrow. Its words say all. */
const MOST_SHOWN = 99

function Badge({ count }: { count: number }) {
  return (
    <>
      <span
        aria-hidden
        className="absolute top-0 left-1/2 ml-1 min-w-4 rounded-full border border-warn/30 bg-warn-soft px-1 text-center text-xs leading-3.5 text-warn tabular-nums rail:static rail:ml-auto rail:px-1.5 rail:leading-4.5"
      >
        {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
      </span>
      <span className="sr-only"> {attentionWords(count)}</span>
    </>
  )
}
