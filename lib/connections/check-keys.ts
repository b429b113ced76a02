import { and, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { accountSecrets } from '@/db/schema/accounts'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { SealBroken, unseal } from './vault'

/** A key that stored sign-ins were sealed with and that does not open them. `kid` is null where no key is named. */
type LostKey = {
  kid: string | null
  secrets: number
  /** Whether a key of this name is configured: then it is not the key that sealed them. */
  isConfigured: boolean
}

/**
 * The protected header of a sealed value in a column (RFC 7516), which names the key and is the same for all that a key has
 * sealed; null in what is no sealed value.
 */
export const headerOf = (sealed: SQLWrapper): SQL<string | null> =>
  sql`substring(${sealed} from '"protected":"([^"]*)"')`

const HEADER = headerOf(accountSecrets.sealed)

/**
 * The keys that are needed to open stored sign-ins and are not configured, or are not the ones that sealed them. One
 * sign-in is opened for each key, however many there are.
 */
export async function listLostKeys(): Promise<LostKey[]> {
  const db = await getDbOfEveryOrganisation()
  const found = await db
    .select({
      header: HEADER,
      secrets: sql<number>`count(*)::int`,
      place: sql<string>`min(${accountSecrets.organisationId} || ' ' || ${accountSecrets.accountId})`,
    })
    .from(accountSecrets)
    .groupBy(HEADER)
  const lost: LostKey[] = []
  for (const { header, secrets, place } of found) {
    const kid = readKeyName(header)
    const isConfigured = env().encryptionKeys.some((one) => one.kid === kid)
    if (!isConfigured || !(await opens(place))) lost.push({ kid, secrets, isConfigured })
  }
  return lost
}

/** The name of the key in a header that {@link headerOf} gave; null where none is named. */
export function readKeyName(header: string | null): string | null {
  if (header === null) return null
  try {
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
    return typeof kid === 'string' ? kid : null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}

/** Whether the sign-in of an account, named with its organisation, can be opened. One that is gone by now needs no key. */
async function opens(place: string): Promise<boolean> {
  const [organisationId = '', id = ''] = place.split(' ')
  const db = await getDb({ organisationId })
  const [found] = await db
    .select({ sealed: accountSecrets.sealed })
    .from(accountSecrets)
    .where(and(eq(accountSecrets.organisationId, organisationId), eq(accountSecrets.accountId, id)))
  if (!found) return true
  try {
    await unseal(found.sealed, { organisationId, kind: 'account-cache', id })
    return true
  } catch (error) {
    if (error instanceof SealBroken) return false
    throw error
  }
}

/**
 * Says at start, in a sentence for each, which keys are missing. The portal starts all the same: what was read stays
 * readable, nothing is overwritten, and each account asks for a reconnect at the next sync.
 */
export async function warnOfLostKeys(): Promise<void> {
  for (const { kid, secrets, isConfigured } of await listLostKeys()) {
    const name = kid === null ? 'A key that is not named' : `The encryption key "${kid}"`
    const problem = isConfigured ? 'is not the one that sealed' : 'is not configured, and it sealed'
    const signIns = secrets === 1 ? '1 stored Microsoft sign-in' : `${secrets} stored Microsoft sign-ins`
    log().error({
      event: 'encryption_key_lost',
      sentence: `${name} ${problem} ${signIns}. Put the right key back into ENCRYPTION_KEYS or keys.json and restart, or reconnect these accounts.`,
    })
  }
}
