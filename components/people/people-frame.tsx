import type { ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import { formatPeopleView, type PeopleView } from '@/lib/domain/views'
import { PeopleFilters } from './people-filters'

type Props = {
  current: 'list' | 'matrix'
  view: PeopleView
  /** Whether there is anyone in any subscription, whatever the filters. */
  anyone: boolean
  /** The people found; null when nobody matches. */
  children: ReactNode
}

/** What the list of people and the matrix share: the title, the way between them, the filters, and what to say of nobody. */
export function PeopleFrame({ current, view, anyone, children }: Props) {
  const path = current === 'list' ? '/people' : '/people/matrix'
  const same = formatPeopleView({ ...view, cursor: null, from: 0 })
  return (
    <>
      <PageHeader
        title="People"
        description="Everyone who has an Azure role in a connected subscription, directly or through groups."
      />
      {anyone ? (
        <>
          <Tabs
            label="People"
            tabs={[
              { href: `/people${same}`, label: 'List', current: current === 'list' },
              { href: `/people/matrix${same}`, label: 'By subscription', current: current === 'matrix' },
            ]}
          />
          <PeopleFilters path={path} view={view} />
        </>
      ) : null}
      {children ?? (anyone ? <NobodyMatches path={path} /> : <NobodyYet />)}
    </>
  )
}

const NobodyMatches = ({ path }: { path: string }) => (
  <EmptyState title="No one matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>} />
)

const NobodyYet = () => (
  <EmptyState title="No one yet" action={<ButtonLink href="/integrations">Integrations</ButtonLink>}>
    People appear here once a connected subscription has been synced.
  </EmptyState>
)
