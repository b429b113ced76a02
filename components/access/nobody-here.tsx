import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

/** Why a people table is empty: a filter, a first sync that has not ended, or truly no one. */
export function NobodyHere({ path, total, published }: { path: string; total: number; published: boolean }) {
  if (total > 0)
    return (
      <EmptyState title="No one matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>}>
        {total.toLocaleString('en')} role assignments of people are listed without filters.
      </EmptyState>
    )
  if (!published)
    return (
      <EmptyState title="Nothing has been read yet">
        The people and their roles appear here when the first sync has ended.
      </EmptyState>
    )
  return (
    <EmptyState title="No person holds a role here directly">
      Roles may be held by groups or by applications: see Other principals. People who have access only through groups
      are not listed yet.
    </EmptyState>
  )
}
