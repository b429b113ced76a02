import type { PageSizes } from './types'

/** One number stands for every list. */
export function toPageSizes(pageSize: number | Partial<PageSizes>): Partial<PageSizes> {
  if (typeof pageSize !== 'number') return pageSize
  return {
    assignments: pageSize,
    instances: pageSize,
    subscriptions: pageSize,
    users: pageSize,
    members: pageSize,
  }
}
