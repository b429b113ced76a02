import type { RoleAccess } from './explain-access'

/**
 * Which kinds go when a role is taken away, said where one of them is not simply held: "This takes away what is held and
 * what is only eligible." Null when all of it is held.
 */
export function kindsTaken(accesses: readonly Pick<RoleAccess, 'kind'>[]): string | null {
  const eligible = accesses.some(({ kind }) => kind === 'eligible')
  if (!eligible) return null
  return accesses.every(({ kind }) => kind === 'eligible')
    ? 'It is only eligible: not held until it is activated.'
    : 'This takes away both what is held and what is only eligible.'
}
