import { Ban, ListFilter } from 'lucide-react'
import { ThroughGroup } from '@/components/access/group-name'
import { PersonStatusMark, PrincipalKindText, PrincipalName } from '@/components/access/holder-cells'
import { EndsChip, RoleChip } from '@/components/access/role-chip'
import { ScopeLabel, type ScopeOf } from '@/components/access/scope-label'
import { Chip } from '@/components/ui/chip'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { MatchingGrant } from '@/db/queries/grants'
import type { AnswerRow } from '@/lib/ask'
import { keepMoment } from '@/lib/domain/as-of'
import { wordsOfCondition } from '@/lib/domain/condition-words'

type Props = {
  who: 'people' | 'others'
  rows: AnswerRow[]
  /** The address of the connection's page. */
  path: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  of: ScopeOf
  /** Names of roles by their IDs, for the conditions of grants. */
  roleNames: ReadonlyMap<string, string>
}

/** At most so many grants are shown of each; the page of the person has them all. */
const MOST_WAYS = 8

/** Those who can do what is asked, each with the grants that allow it. The name leads to all of their access. */
export function AnswerTable({ who, rows, path, at, of, roleNames }: Props) {
  const people = who === 'people'
  return (
    <Table caption={people ? 'People who can' : 'Everything else that can'}>
      <Thead>
        <Th className="tabular:w-[24%]">Name</Th>
        <Th className="tabular:w-[17%]">{people ? 'Status' : 'Kind'}</Th>
        <Th>How</Th>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={row.principalId}>
            <Td>
              <PrincipalName
                id={row.principalId}
                name={row.name}
                email={row.email}
                deleted={row.status === 'deleted'}
                href={keepMoment(`${path}/people/${row.principalId}`, at)}
              />
              {isCutOff(row) ? (
                <Chip
                  tone="bad"
                  icon={<Ban aria-hidden />}
                  title="Deny assignments take every way away"
                  className="mt-1"
                >
                  cut off
                </Chip>
              ) : null}
            </Td>
            <Td>
              {people ? (
                <PersonStatusMark status={row.status} guest={row.guest} lastSignInAt={row.lastSignInAt} />
              ) : (
                <PrincipalKindText kind={row.kind} variety={row.variety} />
              )}
            </Td>
            <Td>
              <ul className="grid gap-1.5">
                {row.ways.slice(0, MOST_WAYS).map(({ grant, denials }) => (
                  <GrantLine
                    key={`${grant.key} ${grant.groupId}`}
                    grant={grant}
                    denials={denials}
                    of={of}
                    roleNames={roleNames}
                    groupsPath={`${path}/groups`}
                    at={at}
                  />
                ))}
                {row.ways.length > MOST_WAYS ? (
                  <li className="text-ink-soft">and {row.ways.length - MOST_WAYS} more ways</li>
                ) : null}
              </ul>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

const isCutOff = ({ ways }: AnswerRow) => ways.length > 0 && ways.every(({ denials }) => denials.length > 0)

type GrantLineProps = {
  grant: MatchingGrant
  /** The names of the deny assignments that take it away. */
  denials: string[]
  of: ScopeOf
  roleNames: Props['roleNames']
  groupsPath: string
  at: string
}

/** One grant: the role, its scope, the group it comes through, its end, its condition, and what denies it. */
function GrantLine({ grant, denials, of, roleNames, groupsPath, at }: GrantLineProps) {
  const { roleId, roleName, privilege, custom, scope, level, kind, endsAt, groupId, groupName, condition } = grant
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <RoleChip name={roleName ?? roleId} privilege={privilege} custom={custom} eligible={kind === 'eligible'} />{' '}
      <ScopeLabel scope={scope} level={level} of={of} />{' '}
      {groupId ? (
        <span className="inline-flex max-w-full min-w-0 gap-1 text-ink-soft">
          <span className="shrink-0">through</span>{' '}
          <ThroughGroup group={{ id: groupId, name: groupName }} groupsPath={groupsPath} at={at} />
        </span>
      ) : (
        <span className="text-ink-soft">directly</span>
      )}
      <EndsChip kind={kind} endsAt={endsAt} />
      {condition ? (
        <Chip
          icon={<ListFilter aria-hidden />}
          title={wordsOfCondition(condition, (id) => roleNames.get(id) ?? null) ?? condition}
        >
          on a condition
        </Chip>
      ) : null}
      {denials.map((name) => (
        <Chip key={name} tone="bad" icon={<Ban aria-hidden />} title={`Denied by ${name}`}>
          denied by <Name of={name} />
        </Chip>
      ))}
    </li>
  )
}
