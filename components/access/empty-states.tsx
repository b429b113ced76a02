import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

type Props = {
  path: string
  /** How many there are without filters. */
  total: number
  published: boolean
}

/** Why a people table is empty: a filter, a first sync that has not ended, or truly no one. */
export function PeopleEmptyState({ path, total, published }: Props) {
  if (total > 0)
    return (
      <EmptyState title="No one matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>}>
        Without filters {total === 1 ? '1 person is' : `${total.toLocaleString('en')} people are`} listed.
      </EmptyState>
    )
  if (!published)
    return (
      <EmptyState title="Nothing has been read yet">
        The people and their roles appear here when the first sync has ended.
      </EmptyState>
    )
  return (
    <EmptyState title="No person has access here">
      Roles may be held by applications: see Other principals. Coverage says whether there are groups that were not
      opened.
    </EmptyState>
  )
}

/** Why no group is shown: none by that name or ID, nothing read yet, or truly none. `path` leads to all of them. */
export function GroupsEmptyState({ published, path }: { published: boolean; path?: string }) {
  if (!published)
    return (
      <EmptyState title="Nothing has been read yet">
        The groups that hold roles appear here when the first sync has ended.
      </EmptyState>
    )
  if (path)
    return (
      <EmptyState title="No such group here" action={<ButtonLink href={path}>All groups</ButtonLink>}>
        It may hold no role here any more, and lie in no group that does.
      </EmptyState>
    )
  return <EmptyState title="No group holds a role here">Everyone with access has it directly.</EmptyState>
}
