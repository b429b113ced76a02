import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

/** Why no group is shown: none by that name or ID, nothing read yet, or truly none. `path` leads to all of them. */
export function NoGroups({ published, path }: { published: boolean; path?: string }) {
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
