type Window = { startDateTime: string; endDateTime: string | null }

/** Whether something with a beginning and perhaps an end holds at a moment (ms). */
export function holdsAt({ startDateTime, endDateTime }: Window, at: number): boolean {
  return Date.parse(startDateTime) <= at && (endDateTime === null || at < Date.parse(endDateTime))
}
