import { z } from 'zod'
import { badAnswer } from './errors'
import { cleanText, parseJsonObject } from './rows'

const Claims = z.object({
  oid: z.guid().toLowerCase(),
  tid: z.guid().toLowerCase(),
  appid: z.guid().toLowerCase(),
  app_displayname: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
})

export type AppClaims = {
  /** The object ID of the service principal. */
  objectId: string
  tenantId: string
  clientId: string
  /** The name of the application; only tokens for Graph have it. */
  name: string | null
  /** The application permissions that the tenant has granted for the resource. */
  roles: string[]
}

/**
 * What a token of an application without a person says of it. Microsoft documents `roles` for this use, and there is no
 * other answer that tells which permissions are granted. The signature is not checked here: the token
 * came from Entra ID itself over TLS, and the resource that it is for checks it. Throws AzureError.
 */
export function readAppClaims(token: string): AppClaims {
  const [, payload = ''] = token.split('.')
  const claims = Claims.safeParse(parseJsonObject(Buffer.from(payload, 'base64url').toString('utf8'), 200))
  if (!claims.success) throw badAnswer({ cause: claims.error })
  const { oid, tid, appid, app_displayname, roles } = claims.data
  return { objectId: oid, tenantId: tid, clientId: appid, name: cleanText(app_displayname ?? null), roles: roles ?? [] }
}
