import type { AccessView } from './views'
import type { SignalCounts } from './vocabulary'

/** Azure's role Owner, whose ID is the same in every tenant ("Azure built-in roles"). */
export const OWNER_ROLE_ID = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

/** What a result adds up to, as far as the sentence says it. */
type Summed = {
  /** People of whom something could be read, and those whom only an earlier reading shows. */
  people: number
  unread: number
  roles: readonly { id: string; people: number; eligible: number }[]
  signals: SignalCounts
  isPast: boolean
}

/** A part of a sentence, with the filter that lists whom it is about; null for the whole list. */
export type SentencePart = { text: string; filter: Partial<AccessView> | null }

/** What a list of people says in one sentence: how many there are, who owns the subscription or could, and the guests who write. */
export function peopleSentence({ people, unread, roles, signals, isPast }: Summed): SentencePart[] {
  const owner = roles.find(({ id }) => id === OWNER_ROLE_ID)
  const guests = signals.guest_writes?.people ?? 0
  const ofOwner = { roleIds: [OWNER_ROLE_ID] }
  const verb = isPast ? 'held or could' : people === 1 ? 'holds or can' : 'hold or can'
  const parts: SentencePart[] = [{ text: `${count(people, 'person', 'people')} ${verb} activate a role`, filter: null }]
  if (unread > 0) parts.push({ text: `${digits(unread)} more could not be read`, filter: { signal: 'not_read' } })
  if (owner && owner.people > 0)
    parts.push({
      text: `${digits(owner.people)} ${isPast ? 'held' : owner.people === 1 ? 'holds' : 'hold'} Owner`,
      filter: { ...ofOwner, held: 'held' },
    })
  if (owner && owner.eligible > 0)
    parts.push({
      text: `${digits(owner.eligible)}${owner.people > 0 ? ' more' : ''} ${isPast ? 'could' : 'can'} become Owner`,
      filter: { ...ofOwner, held: 'eligible' },
    })
  if (guests > 0)
    parts.push({
      text: `${count(guests, 'guest', 'guests')} ${isPast ? 'could' : 'can'} write`,
      filter: { signal: 'guest_writes' },
    })
  return parts
}

const digits = (number: number): string => number.toLocaleString('en')

const count = (number: number, one: string, many: string): string => `${digits(number)} ${number === 1 ? one : many}`
