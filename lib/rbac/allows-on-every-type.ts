import type { Permission } from '@/lib/domain/vocabulary'
import { covers } from './covers'
import type { Verb } from './operations-of'
import { UNWRITTEN } from './unwritten'

/**
 * Whether a role allows a verb on every type of resource of every provider of Microsoft's: asked of a type that nobody
 * names, which only a pattern that means them all can cover (`*`, `*` + `/write`, `Microsoft.*`). What a not-list takes from
 * single types or providers does not change the answer.
 */
export function allowsOnEveryType(permissions: readonly Permission[], verb: Verb): boolean {
  const operation = `Microsoft.${UNWRITTEN}/${UNWRITTEN}/${verb}`
  const any = (patterns: string[]) => patterns.some((one) => !one.includes(UNWRITTEN) && covers(one, operation))
  return permissions.some(({ actions, notActions }) => any(actions) && !any(notActions))
}
