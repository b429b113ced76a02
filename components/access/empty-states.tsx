import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

type PeopleProps = {
  /** The list without filters. */
  path: string
  /** How many people there are without filters. */
  total: number
  published: boolean
}

/** Why a list of people is empty: filters leave nobody, the first sync has not ended, or no person has access. */
export function PeopleEmptyState({ path, total, published }: PeopleProps) {
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

type GroupsProps = {
  published: boolean
  /** The list of all groups, when one of them was asked for by name or ID. */
  path?: string
}

/** Why no group is shown: the first sync has not ended, none has that name or ID, or no group holds a role. */
export function GroupsEmptyState({ published, path }: GroupsProps) {
  if (!published)
    return (
      <EmptyState title="Nothing has been read yet">
        The groups that hold roles appear here when the first sync has ended.
      </EmptyState>
    )
  if (path)
    return (
      <EmptyState title="No such group here" action={<ButtonLink href={path}>All groups</ButtonLink>}>
        It may hold no role here any more and be in no group that does.
      </EmptyState>
    )
  return <EmptyState title="No group holds a role here">Everyone with access has it directly.</EmptyState>
}
