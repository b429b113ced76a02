import { z } from 'zod'
import { cleanText } from '@/lib/azure/client/rows'
import { isObjectId, type ToldMembership } from '@/lib/domain/join-groups'
import type { SignedInAccount } from './register-sign-in'

/** A list of texts; one of another form counts as absent. Only the rule `groups` looks at these claims, so nobody else is refused for them. */
const texts = z.array(z.string()).optional().catch(undefined)

/** The claims of an Entra ID v2 id token that say who a person is, and what they are a member of. */
const Claims = z
  .object({
    tid: z.guid().toLowerCase(),
    oid: z.guid().toLowerCase(),
    name: z.string().optional(),
    preferred_username: z.string().optional(),
    idp: z.string().optional(),
    auth_time: z.number().int().optional(),
    roles: texts,
    groups: texts,
  })
  .transform(({ tid, oid, idp, auth_time, roles, groups, ...claims }): SignedInAccount => {
    const email = cleanText(claims.preferred_username)
    return {
      tenantId: tid,
      objectId: oid,
      name: cleanText(claims.name) ?? email ?? oid,
      email: email ?? '',
      authenticatedAt: auth_time === undefined ? null : new Date(auth_time * 1000),
      organisationName: (!idp && email?.split('@')[1]) || tid,
      username: isOfTenant(tid, idp) ? email?.toLowerCase() || null : null,
      membership: readMembership(roles, groups),
    }
  })

/**
 * Whether an account is at home in the tenant that it signed in to. The identity provider of another tenant, which only a guest's token
 * names, decides what its people are called.
 */
const isOfTenant = (tenantId: string, provider: string | undefined) =>
  provider === undefined || HOME.exec(provider.toLowerCase())?.[1] === tenantId

/** A tenant of Entra ID as an identity provider. One of another kind may have any ID in its address, and is never the tenant itself. */
const HOME =
  /^https:\/\/(?:sts\.windows\.net|sts\.chinacloudapi\.cn|login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)\/([0-9a-f-]{36})\/(?:v2\.0\/?)?$/

/**
 * What a token says of a person's app roles and groups.
 *
 * `roles` has the app roles that are assigned to the person, or to a group of which they are a direct member. `groups` comes only when the
 * registration's `groupMembershipClaims` asks for it, and not for somebody who is in more than 200 groups: `_claim_names` then names an
 * address to ask, or, in the implicit flow, which the portal does not use, `hasgroups` stands there. Both leave `groups` out, so that a
 * token without it says nothing of groups. Nor does Microsoft say that the token of somebody who is in no group has an empty one. A
 * registration can ask for names in place of IDs (`sam_account_name`, `cloud_displayname`), of which nothing can be told here.
 * Sources: Microsoft's "ID token claims reference" with its section "Groups overage claim", "Configure and manage optional claims", and
 * "Configure group claims for applications".
 */
function readMembership(roles: string[] = [], groups?: string[]): ToldMembership {
  return {
    roles,
    groups: (groups ?? []).filter(isObjectId).map((id) => id.toLowerCase()),
    groupsTold: groups?.every(isObjectId) ?? false,
  }
}

/** Who has signed in, by the claims of their id token; null when these do not say it. */
export const readSignInClaims = (claims: unknown): SignedInAccount | null => Claims.safeParse(claims).data ?? null
