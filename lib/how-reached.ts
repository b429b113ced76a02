import type { ScopeLevel } from '@/db/schema'

const WORDS: Record<ScopeLevel, string> = {
  root: 'Inherited from root',
  management_group: 'Inherited from management group',
  subscription: 'Direct at subscription',
  resource_group: 'Direct at resource group',
  resource: 'Direct at resource',
}

/** How an assignment reaches the subscription: made at it, below it, or inherited from above. */
export const howReached = (level: ScopeLevel): string => WORDS[level]
