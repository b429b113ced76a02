import { z } from 'zod'

/** The GUID an Azure id ends in: the prefix of a role definition differs by who is asked. */
export const TrailingGuid = z
  .string()
  .transform((id) => id.slice(id.lastIndexOf('/') + 1))
  .pipe(z.guid().toLowerCase())
