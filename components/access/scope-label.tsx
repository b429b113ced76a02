import { Box, Boxes, FolderTree, Globe, Layers } from 'lucide-react'
import { joinClasses } from '@/components/ui/join-classes'
import type { ScopeLevel } from '@/db/schema'

const LEVELS = {
  root: { icon: Globe, word: 'Whole directory' },
  management_group: { icon: FolderTree, word: 'Management group' },
  subscription: { icon: Layers, word: 'Subscription' },
  resource_group: { icon: Boxes, word: 'Resource group' },
  resource: { icon: Box, word: 'Resource' },
} satisfies Record<ScopeLevel, unknown>

/** Where an assignment was made: its level as icon and word, its own name where it has one, the full path on hover. */
export function ScopeLabel({ scope, level, className }: { scope: string; level: ScopeLevel; className?: string }) {
  const { icon: Icon, word } = LEVELS[level]
  const name = level === 'root' || level === 'subscription' ? null : scope.split('/').at(-1)

  return (
    <span title={scope} className={joinClasses('inline-flex max-w-full min-w-0 items-center gap-1.5', className)}>
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
}
