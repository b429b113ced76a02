import Link from 'next/link'
import { SIGNAL_WORDS } from '@/components/access/labels'
import { changesSinceHref } from '@/components/changes/since-visit'
import { ExportMenu } from '@/components/ui/export-menu'
import type { Signal } from '@/lib/domain/vocabulary'

/** The signals that have a link of their own on the first page. */
const SIGNALS: Signal[] = ['guest_writes', 'can_grant', 'gone']

const DAYS = 7
const DAY_MS = 24 * 60 * 60 * 1000

/** The start of the day, in UTC, that lies a week before a moment: an address that stays the same all day. */
const weekBefore = (now: Date): Date => new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - DAYS * DAY_MS)

/** Questions about all subscriptions together, each a click away. */
export function OftenAsked({ now }: { now: Date }) {
  const links = [
    ...SIGNALS.map((signal) => ({ href: `/people?signal=${signal}`, words: SIGNAL_WORDS[signal].label })),
    { href: changesSinceHref(weekBefore(now)), words: `Changes of the last ${DAYS} days` },
  ]
  return (
    <nav
      aria-label="Often asked"
      className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-soft print:hidden"
    >
      <span aria-hidden>Often asked</span>
      {links.map(({ href, words }) => (
        <Link key={href} href={href} prefetch={false} className="link inline-flex min-h-6 items-center">
          {words}
        </Link>
      ))}
      <ExportMenu path="/people/export" query="" label="Export everyone" className="ml-auto" />
    </nav>
  )
}
