/** A time as ARM prints it in errors: 11/24/2025 11:31:00 PM. */
export function printedTime(ms: number): string {
  return new Date(ms)
    .toLocaleString('en-US', {
      timeZone: 'UTC',
      month: 'numeric',
      day: 'numeric',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    })
    .replace(',', '')
    .replaceAll('\u202f', ' ')
}
