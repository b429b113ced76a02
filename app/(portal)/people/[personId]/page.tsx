import { History } from 'lucide-react'
import type { Metadata } from 'next'
import { cache } from 'react'
import { PersonStatusMark } from '@/components/access/holder-cells'
import { OtherSubscriptions } from '@/components/people/other-subscriptions'
import { RolesBySubscription } from '@/components/people/roles-by-subscription'
import { ButtonLink } from '@/components/ui/button-link'
import { ShortId } from '@/components/ui/copyable'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/time'
import { listConnections } from '@/db/queries/connections'
import { getPerson } from '@/db/queries/person'
import { showUnknown } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { whyUnknown } from '@/lib/domain/coverage'
import { ALL_CHANGES, formatChangesView } from '@/lib/domain/views'
import { isolateName, spellControls } from '@/lib/domain/words'

type Props = PageProps<'/people/[personId]'>

const openPerson = cache(async (personId: string) => {
  const member = await requireMember()
  return (await getPerson(member, personId)) ?? (await showUnknown(member, 'person'))
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const person = await openPerson((await params).personId)
  return { title: isolateName(person.name ?? person.email ?? person.id) }
}

export default async function PersonPage({ params }: Props) {
  const person = await openPerson((await params).personId)
  const held = new Set(person.roles.map(({ connectionId }) => connectionId))
  const connections = await listConnections(await requireMember())
  const others = connections
    .filter(({ id, state }) => state !== 'disconnected' && !held.has(id))
    .map(({ id, label, publishedAt, coverage }) => ({
      id,
      label,
      why: whyUnknown(publishedAt ? (coverage ?? []) : null),
    }))
  const unread = others.flatMap(({ id, label, why }) => (why ? [{ id, label, why }] : []))

  return (
    <>
      <PageHeader
        title={person.name ?? person.email ?? person.id}
        back={{ href: '/people', label: 'People' }}
        description={
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <span dir="auto" className="min-w-0 break-all">
              {spellControls(person.email ?? 'No email known')}
            </span>
            <PersonStatusMark status={person.status} guest={person.guest} />
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
      {person.roles.length > 0 ? (
        <RolesBySubscription personId={person.id} roles={person.roles} />
      ) : unread.length > 0 ? (
        <EmptyState title="No role is known">
          No role of this person was found, and not every connected subscription was read whole.
        </EmptyState>
      ) : (
        <EmptyState title="Holds no role now">
          This person held a role once, and holds none in any connected subscription today.
        </EmptyState>
      )}
      <OtherSubscriptions none={others.filter(({ why }) => why === null)} unread={unread} />
    </>
  )
}
