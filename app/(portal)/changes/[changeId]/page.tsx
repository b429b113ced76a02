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
        <Fact name="Not so yet">
          {change.after
            ? `${momentWords(change.after)}, by the reading before. It happened between these two moments.${lateWords(change.cause)}`
            : 'Not known: nothing was read before.'}
        </Fact>
        {change.byAt ? <Fact name="Azure says it was made">{momentWords(change.byAt)}</Fact> : null}
        <Fact name="Who did it">
          {change.byName ??
            change.byId ??
            'Not told. Azure keeps it in its activity log for 90 days, and Entra ID in its audit log.'}
        </Fact>
      </dl>
      {reached.rows.length > 0 ? (
        <>
          <ReachedTable rows={reached.rows} effects={change.effects} />
          <Pager
            shown={reached.rows.length}
            unit={reached.rows.length === 1 ? 'role' : 'roles'}
            previousHref={reached.previous && href({ cursor: reached.previous })}
            nextHref={reached.next && href({ cursor: reached.next })}
          />
        </>
      ) : (
        <p className="text-ink-soft">
          Nobody is known to be reached by it: the group has no members, its members could not be read, or they hold the
          same in another way.
        </p>
      )}
    </>
  )
}

/** Of what Microsoft Graph tells: that a sync by schedule may have learnt of it late. */
const lateWords = (cause: ChangeCause): string =>
  ['membership', 'group', 'person'].includes(cause)
    ? ` Microsoft may tell of it up to ${LISTED_HOURS} hours late, unless the sync was asked for by hand.`
    : ''

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </>
  )
}
