import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import { keepMoment } from '@/lib/domain/as-of'
import type { AccessView } from '@/lib/domain/views'
import { AssignmentSource, EmailText, HolderRoles, HolderSortTh, PersonStatusMark, PrincipalName } from './holder-cells'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = { rows: HolderRow[]; path: string; view: AccessView; of: ScopeOf }

/** The people with access to one subscription: a row for each with the strongest role. The name leads to all roles and paths. */
export function PeopleTable({ rows, path, view, of }: Props) {
  return (
    <Table caption="People and their roles" layout="people">
      <Thead>
        <HolderSortTh by="name" path={path} view={view} area="name" line="over" className="tabular:w-[15%]">
          Name
        </HolderSortTh>
        <HolderSortTh by="email" path={path} view={view} area="email" line="first" className="tabular:w-[18%]">
          Email
        </HolderSortTh>
        <HolderSortTh by="status" path={path} view={view} area="status" className="tabular:w-[10%]">
          Status
        </HolderSortTh>
        <HolderSortTh by="role" path={path} view={view} area="role" className="tabular:w-[20%]">
          Role
        </HolderSortTh>
        <HolderSortTh by="scope" path={path} view={view} area="scope" className="tabular:w-[13%]">
          Scope
        </HolderSortTh>
        <Th area="how" className="tabular:w-[12%]">
          How
        </Th>
        <Th wide="screen">Licence</Th>
      </Thead>
      <Tbody>
        {rows.map((row) => {
          const personPath = keepMoment(`${path}/people/${row.principalId}`, view.at)
          return (
            <Tr key={row.principalId}>
              <Td area="name" line="over">
                <PrincipalName
                  id={row.principalId}
                  name={row.name}
                  email={row.email}
                  deleted={row.status === 'deleted'}
                  href={personPath}
                />
              </Td>
              <Td area="email" line="first">
                <EmailText email={row.email} source={row.emailSource} />
              </Td>
              <Td area="status">
                <PersonStatusMark status={row.status} guest={row.guest} lastSignInAt={row.lastSignInAt} />
              </Td>
              <Td area="role">
                <HolderRoles row={row} href={personPath} />
              </Td>
              <Td area="scope">
                <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />
              </Td>
              <Td area="how" className="text-ink-soft">
                <AssignmentSource
                  group={row.group}
                  groups={row.groups}
                  direct={row.direct}
                  groupsPath={`${path}/groups`}
                  at={view.at}
                />
              </Td>
              <Td wide="screen" className="text-xs text-ink-soft">
                Microsoft Azure
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}
