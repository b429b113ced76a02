import { AzureError } from './client/errors'
import { type SendOptions, send } from './client/transport'
import { keysAddress } from './signing-keys'

/** How far a clock may be off without any harm to a sign-in, in seconds; Microsoft's own libraries allow as much. */
export const CLOCK_TOLERANCE_SECONDS = 5 * 60

/** The times of a token, in seconds since 1970: issued, valid from, expires. */
export type TokenTimes = { iat: number; nbf: number; exp: number }

/** Whether a token is valid now by the clock of this process, with {@link CLOCK_TOLERANCE_SECONDS} of tolerance. */
export function isTimely({ iat, nbf, exp }: TokenTimes): boolean {
  const now = Date.now() / 1000
  const latest = now + CLOCK_TOLERANCE_SECONDS
  return iat <= latest && nbf <= latest && exp > now - CLOCK_TOLERANCE_SECONDS
}

/**
 * Refuses a token whose times do not fit the clock of this process. Everything else about it must have been verified, so
 * that either this clock is wrong or the token: the `Date` of an answer of Microsoft's decides. Throws AzureError:
 * `clock_wrong` with the minutes that the clock is ahead of Microsoft's (negative: behind), or `id_token_refused`.
 */
export async function refuseUntimely(times: TokenTimes, tenantId: string, options: SendOptions = {}): Promise<void> {
  if (isTimely(times)) return
  const response = await send(keysAddress(tenantId), {}, options)
  const aheadSeconds = (Date.now() - Date.parse(response.headers.get('date') ?? '')) / 1000
  if (Math.abs(aheadSeconds) < CLOCK_TOLERANCE_SECONDS || Number.isNaN(aheadSeconds))
    throw new AzureError('id_token_refused', 'The ID token is not valid at this time.')
  throw new AzureError('clock_wrong', 'The ID token is not valid by the clock of this server.', {
    clockAheadMinutes: Math.round(aheadSeconds / 60),
  })
}
