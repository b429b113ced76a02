import { Box, Boxes, FolderTree, Globe, Layers } from 'lucide-react'
import { joinClasses } from '@/components/ui/join-classes'
import { scopeWords } from '@/lib/domain/scopes'
import type { ManagementGroup, ScopeLevel } from '@/lib/domain/vocabulary'

const LEVELS = {
  root: { icon: Globe, word: 'Whole directory' },
  management_group: { icon: FolderTree, word: 'Management group' },
  subscription: { icon: Layers, word: 'Subscription' },
  resource_group: { icon: Boxes, word: 'Resource group' },
  resource: { icon: Box, word: 'Resource' },
} satisfies Record<ScopeLevel, unknown>

/** The subscription that a scope is seen from, with the management groups above it where they could be read. */
export type ScopeOf = { subscriptionName: string; managementGroups: ManagementGroup[] | null }

type Props = {
  scope: string
  level: ScopeLevel
  /** Names management groups and says how the scope reaches the subscription; without it only the scope itself speaks. */
  of?: ScopeOf
  /** Says on a second line that it comes from above the subscription, where it does. */
  inheritance?: boolean
  className?: string
}

/** Where an assignment was made: its level as icon and word, its own name where it has one, the rest on hover. */
export function ScopeLabel({ scope, level, of, inheritance = false, className }: Props) {
  const { icon: Icon, word } = LEVELS[level]
  const words = of ? scopeWords({ scope, level, ...of }) : null
  const named = level !== 'root' && level !== 'subscription'
  const name = named ? (words?.name ?? scope.split('/').at(-1)) : null

  const label = (
    <span
      title={words ? `${words.reach} ${scope}` : scope}
      className={joinClasses('inline-flex max-w-full min-w-0 items-center gap-1.5', className)}
    >
      <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" />
      {name ? (
        <>
          <span className="sr-only">{word} </span>
          <span dir="auto" className="truncate">
            {name}
          </span>
        </>
      ) : (
        word
      )}
    </span>
  )
  if (!inheritance || (level !== 'root' && level !== 'management_group')) return label
  return (
    <>
      {label}
      <span className="block text-xs text-ink-faint">inherited from above</span>
    </>
  )
}
