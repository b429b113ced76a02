/** That the clock of the server is wrong, and by how much. `aheadMinutes` is negative when it is behind Microsoft's. */
export function describeWrongClock(aheadMinutes: number): string {
  const minutes = Math.abs(aheadMinutes)
  const side = aheadMinutes > 0 ? 'ahead of' : 'behind'
  const amount = `${minutes.toLocaleString('en')} ${minutes === 1 ? 'minute' : 'minutes'}`
  return `The clock of the server that Rolecall runs on is ${amount} off: it is ${side} Microsoft’s.`
}
