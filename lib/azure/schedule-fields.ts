import { z } from 'zod'
import { cleanText } from './clean-text'

/**
 * What Privileged Identity Management adds to an assignment or an eligibility: from when until when, and its holder's
 * name. An absent end is a permanent one, so an end that cannot be read is refused rather than left out.
 */
export const ScheduleFields = z.object({
  startDateTime: z.date().nullish(),
  endDateTime: z.date().nullish(),
  expandedProperties: z.object({ principal: z.object({ displayName: z.string().nullish() }).nullish() }).nullish(),
})

/** The same in our words; the name of a holder who was deleted is not there (recalled). */
export const toSchedule = (row: z.output<typeof ScheduleFields>) => ({
  startsAt: row.startDateTime ?? null,
  endsAt: row.endDateTime ?? null,
  principalName: cleanText(row.expandedProperties?.principal?.displayName),
})
