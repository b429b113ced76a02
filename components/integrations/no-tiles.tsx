import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

type Props = { tab: 'all' | 'connected' | 'attention'; q: string; mayConnect: boolean; hasAny: boolean }

/** Why there is no tile here: nothing found, nothing wrong, or nothing connected yet. */
export function NoTiles({ tab, q, mayConnect, hasAny }: Props) {
  return (
    <li className="grid sm:min-h-44 [&:only-child]:col-span-full">
      <Reason tab={tab} q={q} mayConnect={mayConnect} hasAny={hasAny} />
    </li>
  )
}

function Reason({ tab, q, mayConnect, hasAny }: Props) {
  if (q)
    return (
      <EmptyState
        title={<>Nothing found for “{q}”</>}
        action={<ButtonLink href="/integrations">Show all</ButtonLink>}
        className="content-center"
      >
        Search looks at labels, subscription names and IDs, and tenants.
      </EmptyState>
    )
  if (tab === 'attention')
    return (
      <EmptyState title="Nothing needs attention" className="content-center">
        {hasAny ? 'Every connection was read whole, on time.' : 'No subscription is connected yet.'}
      </EmptyState>
    )
  return (
    <EmptyState
      title="No subscription is connected yet"
      className="content-center py-6"
      action={
        mayConnect && tab !== 'all' ? (
          <ButtonLink href="/integrations/azure/connect" variant="primary">
            Connect Microsoft Azure
          </ButtonLink>
        ) : null
      }
    >
      {mayConnect
        ? 'Each one you connect gets a tile of its own here.'
        : 'An owner or admin of your organisation can connect one.'}
    </EmptyState>
  )
}
