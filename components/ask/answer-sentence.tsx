import Link from 'next/link'
import { RoleChip } from '@/components/access/role-chip'
import { ButtonLink } from '@/components/ui/button-link'
import type { RoleHeld } from '@/db/queries/roles'
import { unreadRolesWords } from '@/lib/domain/answer-words'
import { type AskView, formatAskView } from '@/lib/domain/views'
import type { Plane } from '@/lib/domain/vocabulary'
import { type Total, totalWords, upperFirst } from '@/lib/domain/words'

type Props = {
  who: 'people' | 'others'
  /** How many can do it by a role held now, and how many only could after activating one: null where these are not counted. */
  held: Total
  eligible: number | null
  /** How many hold a role for it that denials cut on every way; null when they were too many to be looked at. */
  cutOff: number | null
  asked: { role: string | null; place: string | null; operation: boolean }
}

/** The answer in a sentence: how many can do it, where, and how many more could. */
export function AnswerSentence({ who, held, eligible, cutOff, asked }: Props) {
  const one = held === 1
  const nouns = who === 'people' ? (one ? 'person' : 'people') : one ? 'other principal' : 'other principals'
  return (
    <p className="text-base font-medium">
      {held === 0 ? 'No' : upperFirst(totalWords(held))} {held === 0 && who === 'people' ? 'person' : nouns}{' '}
      {describeAsked(asked, one || (held === 0 && who === 'people'))}
      {describeEligible(eligible, held !== 0)}.{describeCutOff(cutOff)}
    </p>
  )
}

function describeEligible(eligible: number | null, areMore: boolean): string {
  if (eligible === null) return '; how many more could after activating a role is not counted'
  return eligible > 0 ? `; ${eligible.toLocaleString('en')} ${areMore ? 'more ' : ''}could after activating a role` : ''
}

function describeCutOff(cutOff: number | null): string {
  if (cutOff === null) return ' Some of them may be cut off by deny assignments, which are marked below.'
  if (cutOff === 0) return ''
  return cutOff === 1
    ? ' 1 more holds a role for it and is cut off by a deny assignment.'
    : ` ${cutOff.toLocaleString('en')} more hold a role for it and are cut off by deny assignments.`
}

function describeAsked({ role, place, operation }: Props['asked'], one: boolean) {
  const where = place ? ` at ${place}` : ''
  if (operation) return `can do it${where}${role ? ` by ${role}` : ''}`
  if (role) return `${one ? 'holds' : 'hold'} ${role}${place ? ` and can act${where}` : ''}`
  return `can act${where}`
}

const CHOICES: { who: AskView['who']; label: string }[] = [
  { who: 'people', label: 'People' },
  { who: 'others', label: 'Everything else' },
]

/** Whether the answer lists people or everything else. */
export function WhoSwitch({ path, view }: { path: string; view: AskView }) {
  return (
    <nav aria-label="Who is listed" className="flex gap-1">
      {CHOICES.map(({ who, label }) => (
        <ButtonLink
          key={who}
          size="sm"
          variant={view.who === who ? 'secondary' : 'ghost'}
          aria-current={view.who === who ? 'true' : undefined}
          href={path + formatAskView({ ...view, who, cursor: null })}
          prefetch={false}
        >
          {label}
        </ButtonLink>
      ))}
    </nav>
  )
}

type AllowingRolesProps = {
  roles: Pick<RoleHeld, 'id' | 'name' | 'privilege' | 'custom'>[]
  /** How many roles held here have a definition that could not be read, so that they may allow it or not. */
  unread: number
  plane: Plane
  /** The same question on the other plane. */
  otherPlaneHref: string
}

/** Which of the roles held here allow the operation, and whether it was taken as a control or a data operation. */
export function AllowingRoles({ roles, unread, plane, otherPlaneHref }: AllowingRolesProps) {
  return (
    <div>
      <p>
        {countAllowing(roles.length)}, as a {plane} operation{roles.length > 0 ? ':' : '.'}
      </p>
      {roles.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1.5">
          {roles.map((role) => (
            <li key={role.id} className="flex max-w-full min-w-0">
              <RoleChip name={role.name ?? role.id} privilege={role.privilege} custom={role.custom} />
            </li>
          ))}
        </ul>
      ) : null}
      <PlaneNote plane={plane} otherPlaneHref={otherPlaneHref} />
      {unread > 0 ? <p className="mt-2 text-ink-soft">{unreadRolesWords(unread)}</p> : null}
    </div>
  )
}

type PlaneNoteProps = Pick<AllowingRolesProps, 'plane' | 'otherPlaneHref'>

/** What it means that an operation is taken for one of control or of data, with the same question about the other. */
export function PlaneNote({ plane, otherPlaneHref }: PlaneNoteProps) {
  return (
    <p className="mt-2 text-sm text-ink-soft">
      {plane === 'data'
        ? 'A data operation works on what is inside a resource; roles that only manage resources do not allow it.'
        : 'A control operation manages a resource; roles for what is inside one do not allow it.'}{' '}
      <Link href={otherPlaneHref} prefetch={false} scroll={false} className="link">
        Ask about it as a {plane === 'data' ? 'control' : 'data'} operation
      </Link>
    </p>
  )
}

function countAllowing(roles: number): string {
  if (roles === 0) return 'No role held here allows it'
  return roles === 1 ? '1 role held here allows it' : `${roles.toLocaleString('en')} roles held here allow it`
}
