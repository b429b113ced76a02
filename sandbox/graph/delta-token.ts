import type { ListPlace } from '../list-place'
import type { GraphCall } from './graph-call'
import { graphError } from './graph-error'

const LIFETIME_MS = 7 * 86_400_000 // of a token for directory objects (recalled)

/** What a delta token remembers; opaque to the client. */
export type DeltaState = {
  tenantId: string
  bootId: string
  issuedAt: number
  /** Changes up to this sequence of the tenant are known to whoever holds the token. */
  sequence: number
  /** Within the first round: nothing was shown yet, or where the last person shown was; null afterwards. */
  row: 'start' | ListPlace | null
  /** The query options of the first call, which Graph remembers. */
  select: string | null
  ids: string[] | null
}

export const writeDeltaToken = (state: DeltaState) => Buffer.from(JSON.stringify(state)).toString('base64url')

function gone(call: GraphCall, code: string, message: string): Response {
  const location = `https://${call.cloud.graph}/${call.version}/users/delta`
  return graphError(410, code, message, { location })
}

function parse(token: string): Partial<DeltaState> | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<DeltaState>
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** What a token stands for, or the 410 that asks for everything again: unreadable, too old, of another tenant or another run. */
export function readDeltaToken(call: GraphCall, token: string): DeltaState | Response {
  const state = parse(token)
  const { world, tenant } = call
  if (typeof state?.sequence !== 'number' || state.tenantId !== tenant.id || typeof state.issuedAt !== 'number')
    return gone(call, 'syncStateNotFound', 'The sync state generation is not found. Start again without a token.')
  if (world.now() - state.issuedAt > LIFETIME_MS)
    return gone(call, 'syncStateNotFound', 'The delta token is too old. Start again without a token.')
  if (state.bootId !== world.bootId || state.sequence > tenant.sequence)
    return gone(call, 'resyncRequired', 'Resync required. Start again without a token.')
  return state as DeltaState
}
