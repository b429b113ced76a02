import { History } from 'lucide-react'
import type { Metadata } from 'next'
import { cache } from 'react'
import { PersonStatusMark } from '@/components/access/holder-cells'
import { AllPastBand } from '@/components/people/all-past-band'
import { OtherSubscriptions } from '@/components/people/other-subscriptions'
import { RolesBySubscription } from '@/components/people/roles-by-subscription'
import { ButtonLink } from '@/components/ui/button-link'
import { ShortId } from '@/components/ui/copyable'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/time'
import { getPerson } from '@/db/queries/person'
import { showUnknown } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { keepMoment } from '@/lib/domain/as-of'
import { listUnread } from '@/lib/domain/coverage'
import { reachSentence } from '@/lib/domain/reach-sentence'
import { ALL_CHANGES, formatChangesView, parseAsOfView } from '@/lib/domain/views'
import { isolateName, spellControls } from '@/lib/domain/words'
import { findAllResults } from '@/lib/past-results'

type Props = PageProps<'/people/[personId]'>

const openPerson = cache(async (personId: string, at: string) => {
  const member = await requireMember()
  const all = findAllResults(member, at)
  // Of now nothing has to be known of the connections before the person's roles are read.
  const results = at === '' ? 'now' : (await all).results
  const [{ connections, past }, person] = await Promise.all([all, getPerson(member, results, personId)])
  return { connections, past, person: person ?? (await showUnknown(member, 'person')) }
})

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { person } = await openPerson((await params).personId, parseAsOfView(await searchParams).at)
  return { title: isolateName(person.name ?? person.email ?? person.id) }
}

export default async function PersonPage({ params, searchParams }: Props) {
  const { at } = parseAsOfView(await searchParams)
  const { person, connections, past } = await openPerson((await params).personId, at)
  const held = new Set(person.roles.map(({ connectionId }) => connectionId))
  const others = connections.filter(({ id, state }) => state !== 'disconnected' && !held.has(id))
  const unread = listUnread(others)
  const unsaid = new Set(unread.map(({ id }) => id))
  const none = others.filter(({ id, notShown }) => !notShown && !unsaid.has(id))
  const isShown = past?.kind !== 'not_shown'
  const summary = reachSentence(person.roles)

  return (
    <>
      <PageHeader
        title={person.name ?? person.email ?? person.id}
        back={{ href: keepMoment('/people', at), label: 'People' }}
        description={
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <span dir="auto" className="min-w-0 break-all">
              {spellControls(person.email ?? 'No email known')}
            </span>
            {isShown ? <PersonStatusMark status={person.status} guest={person.guest} /> : null}
            {person.lastSignInAt ? (
              <span>
                Last signed in <RelativeTime at={person.lastSignInAt} />
              </span>
            ) : null}
            <ShortId id={person.id} label="object ID" />
          </div>
        }
      >
        <ButtonLink href={`/changes${formatChangesView({ ...ALL_CHANGES, personId: person.id })}`}>
          <History aria-hidden />
          Time line
        </ButtonLink>
      </PageHeader>
      <AllPastBand past={past} here={`/people/${person.id}`} />
      {isShown ? (
        <>
          {summary ? (
            <p className="mb-4 max-w-4xl text-lg break-words">
              {summary}{' '}
              {unread.length > 0 ? <span className="text-ink-soft">There may be more, see below.</span> : null}
            </p>
          ) : null}
          {person.roles.length > 0 ? (
            <RolesBySubscription personId={person.id} roles={person.roles} at={at} />
          ) : (
            <NoRole isPast={past !== null} isUnsure={unread.length > 0 || (past?.hidden ?? []).length > 0} />
          )}
          <OtherSubscriptions none={none} unread={unread} hidden={past?.hidden ?? []} at={at} />
        </>
      ) : null}
    </>
  )
}

/** What is said of somebody without any role: less where not everything was read, or not everything is known as of a moment. */
function NoRole({ isPast, isUnsure }: { isPast: boolean; isUnsure: boolean }) {
  if (isUnsure)
    return (
      <EmptyState title={isPast ? 'No role is known of then' : 'No role is known'}>
        No role of this person was found, and not every connected subscription{' '}
        {isPast ? 'is known as it was then.' : 'was read whole.'}
      </EmptyState>
    )
  if (isPast)
    return (
      <EmptyState title="Held no role then">
        This person held no role in any subscription that was connected then.
      </EmptyState>
    )
  return (
    <EmptyState title="Holds no role now">
      This person held a role once, and holds none in any connected subscription today.
    </EmptyState>
  )
}
