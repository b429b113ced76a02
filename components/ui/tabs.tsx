import { IntentLink } from './intent-link'
import { joinClasses } from './join-classes'

type Tab = { href: string; label: string; count?: number; current: boolean }

/** Tabs that are links, so that each has an address and the browser's back button works. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="mb-3 overflow-x-auto border-b border-line">
      <ul className="flex gap-5 px-0.5">
        {tabs.map((tab) => (
          // Where not all fit, the row of tabs begins with the one that is open in sight.
          <li key={tab.href} className={tab.current ? '[scroll-initial-target:nearest]' : undefined}>
            <IntentLink
              href={tab.href}
              scroll={false}
              aria-current={tab.current ? 'page' : undefined}
              className={joinClasses(
                // In forced colours every border is seen, and what only looks chosen by its colour is not.
                'flex items-center gap-1.5 border-b-2 px-0.5 pt-1 pb-2 font-medium whitespace-nowrap -outline-offset-2 transition-colors',
                tab.current
                  ? 'border-accent text-ink forced-colors:border-[Highlight]'
                  : 'border-transparent text-ink-soft hover:text-ink forced-colors:border-[Canvas]',
              )}
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="rounded-md bg-ink/6 px-1.5 text-xs font-medium text-ink-soft tabular-nums">
                  {tab.count.toLocaleString('en')}
                </span>
              )}
            </IntentLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
