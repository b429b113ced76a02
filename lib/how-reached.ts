import type { ScopeLevel } from '@/lib/domain/vocabulary'

/** How an assignment reaches the subscription: made at it or below it, or inherited from above. The scope says where. */
export const howReached = (level: ScopeLevel): 'Direct' | 'Inherited' =>
  level === 'root' || level === 'management_group' ? 'Inherited' : 'Direct'
