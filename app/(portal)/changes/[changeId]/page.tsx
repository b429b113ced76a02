import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { EffectLine } from '@/components/changes/change-list'
import { ReachedTable } from '@/components/changes/reached-table'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { requireMember } from '@/lib/auth/request'
import { openChange } from '@/lib/changes/open-change'
import { causeWords } from '@/lib/domain/change-words'
import { LISTED_HOURS } from '@/lib/domain/retention'
import { type ChangesView, formatChangesView, parseChangesView } from '@/lib/domain/views'
import type { ChangeCause } from '@/lib/domain/vocabulary'
import { momentWords } from '@/lib/domain/words'

export const metadata: Metadata = { title: 'Change' }

export default async function ChangePage({ params, searchParams }: PageProps<'/changes/[changeId]'>) {
  const member = await requireMember()
  const { changeId } = await params
  const view = parseChangesView(await searchParams)
  const opened = await openChange(member, changeId, view)
  if (!opened) notFound()
  const { change, reached } = opened
  const href = (other: Partial<ChangesView>) => `/changes/${change.id}${formatChangesView({ ...view, ...other })}`
  const list = formatChangesView({ ...view, cursor: null })

  return (
    <>
      <PageHeader title="Change of access" back={{ href: `/changes${list}`, label: 'Changes' }} />
      <section aria-label="What changed" className="mb-6 grid gap-2 rounded-lg border border-line bg-surface p-4">
        {change.effects.map((effect) => (
          <EffectLine key={`${effect.nodeId} ${effect.effect}`} change={change} effect={effect} />
        ))}
        <p className="pl-6 wrap-anywhere text-ink-soft">{causeWords(change)}</p>
      </section>
      <dl className="mb-6 grid gap-x-8 gap-y-3 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact name="First seen">{momentWords(change.at)}</Fact>
        <Fact name={change.cause === 'reading' ? 'Could not be seen yet' : 'Not so yet'}>
          {change.after
            ? `${momentWords(change.after)}, by the reading before. ${betweenWords(change.cause)}`
            : 'Not known: nothing was read before.'}
        </Fact>
        {change.byAt ? <Fact name="Microsoft’s record of the time">{momentWords(change.byAt)}</Fact> : null}
        {change.cause === 'reading' ? null : (
          <Fact name="Who did it">{change.byName ?? change.byId ?? NOT_TOLD[change.cause]}</Fact>
        )}
      </dl>
      {reached.rows.length > 0 ? (
        <>
          <ReachedTable rows={reached.rows} effects={change.effects} />
          <Pager
            start={reached.start}
            shown={reached.rows.length}
            unit={reached.rows.length === 1 ? 'role' : 'roles'}
            previousHref={reached.previous && href({ cursor: reached.previous })}
            nextHref={reached.next && href({ cursor: reached.next })}
          />
        </>
      ) : (
        <p className="text-ink-soft">
          Nobody can be listed by name. Whoever is in a group whose members were not read is not listed, nor is anybody
          who holds the same in another way.
        </p>
      )}
    </>
  )
}

/** What is known of the time between two readings. A sync by schedule may learn late of what Microsoft Graph tells. */
function betweenWords(cause: ChangeCause): string {
  if (cause === 'reading') return 'It may have been so for longer.'
  const between = 'It happened between these two moments.'
  if (cause !== 'membership' && cause !== 'group' && cause !== 'person') return between
  return `${between} Microsoft may tell of it up to ${LISTED_HOURS} hours late, unless the sync was asked for by hand.`
}

const NO_LOG_TOLD =
  'Not known: no log that Rolecall could read has named anybody. Azure keeps its activity log for 90 days, and Microsoft Entra its audit log for 7 days, or 30 with P1 or P2.'
const NOT_ASKED = 'Rolecall does not look this up. Azure’s activity log and Microsoft Entra’s audit log may tell it.'

/** What is said of who did it where nobody is named. */
const NOT_TOLD: Record<Exclude<ChangeCause, 'reading'>, string> = {
  assignment: NO_LOG_TOLD,
  membership: NO_LOG_TOLD,
  group: NO_LOG_TOLD,
  role: NO_LOG_TOLD,
  person: NO_LOG_TOLD,
  eligibility: NOT_ASKED,
  activation: NOT_ASKED,
  delegation: NOT_ASKED,
  move: NOT_ASKED,
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </>
  )
}
