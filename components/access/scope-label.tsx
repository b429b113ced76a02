import { joinClasses } from '@/components/ui/join-classes'
import { Name } from '@/components/ui/name'
import { isInherited, scopeWords } from '@/lib/domain/scopes'
import type { ManagementGroup, ScopeLevel } from '@/lib/domain/vocabulary'
import { SCOPE_LEVEL_LABELS } from './labels'

const MARKS: Record<ScopeLevel, string> = {
  root: 'globe',
  management_group: 'folder-tree',
  subscription: 'layers',
  resource_group: 'boxes',
  resource: 'box',
}

/** The subscription from which a scope is seen, and the management groups above it where they could be read. */
export type ScopeOf = { subscriptionName: string; managementGroups: ManagementGroup[] | null }

type Props = {
  scope: string
  level: ScopeLevel
  /** Gives management groups their names and tells on hover how the scope reaches the subscription. */
  of?: ScopeOf
  /** Adds a second line where the assignment is inherited from above the subscription. */
  inheritance?: boolean
  className?: string
}

/** Where an assignment was made: its level as an icon, its name or else its level in words, and the rest on hover. */
export function ScopeLabel({ scope, level, of, inheritance = false, className }: Props) {
  const word = SCOPE_LEVEL_LABELS[level]
  const words = of ? scopeWords({ scope, level, ...of }) : null
  const named = level !== 'root' && level !== 'subscription'
  const name = named ? (words?.name ?? scope.split('/').at(-1)) : null

  const label = (
    <span
      title={words ? `${words.reach} ${scope}` : scope}
      data-icon={MARKS[level]}
      className={joinClasses('scope', className)}
    >
      {name ? (
        <>
          <span className="sr-only">{`${word} `}</span>
          <Name of={name} />
        </>
      ) : (
        word
      )}
    </span>
  )
  if (!inheritance || !isInherited(level)) return label
  return (
    <>
      {label}
      <span className="block text-xs text-ink-faint">
        {level === 'root' ? 'over every subscription, as after elevating access' : 'inherited from above'}
      </span>
    </>
  )
}
