import { isIPv4, isIPv6 } from 'node:net'

/** Groups of an IPv6 address that name the network: a provider gives each customer at least these 64 bits to choose from. */
const NETWORK_GROUPS = 4

/**
 * The network that a client's IP address belongs to, as a text to compare: of IPv6 the first 64 bits, because whoever has
 * one such address has all of them; an IPv4 address itself, also where it is written as IPv6. Any other text is itself.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '') // the zone of a link-local address names an interface of ours
  if (isIPv4(bare) || !isIPv6(bare)) return bare
  const groups = expand(bare)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of an IPv6 address as numbers. The URL parser turns every way to write one into the same. */
function expand(address: string): number[] {
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const read = (part: string) =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16))
  const [first, last] = [read(before), read(after ?? '')]
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}
