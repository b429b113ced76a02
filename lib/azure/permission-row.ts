import { z } from 'zod'
import type { Permission } from '@/lib/domain/vocabulary'
import { cleanText } from './clean-text'

const Operations = z
  .array(z.string())
  .nullish()
  .transform((list) => (list ?? []).map(cleanText).filter((one) => one !== null))

/** One entry of the permissions of a role definition or of a deny assignment; a list that is left out is empty. */
export const PermissionRow: z.ZodType<Permission> = z.object({
  actions: Operations,
  notActions: Operations,
  dataActions: Operations,
  notDataActions: Operations,
})
