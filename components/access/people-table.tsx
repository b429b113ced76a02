import { Table, Td, Th } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import type { AccessView } from '@/lib/domain/views'
import { AssignmentSource, EmailText, HolderRoles, HolderSortTh, PersonStatusMark, PrincipalName } from './holder-cells'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = { rows: HolderRow[]; path: string; view: AccessView; of: ScopeOf }

/** The people with access to one subscription: a row for each with the strongest role. The name leads to all roles and paths. */
export function PeopleTable({ rows, path, view, of }: Props) {
  return (
    <Table caption="People and their roles" wide>
      <thead>
        <tr>
          <HolderSortTh by="name" path={path} view={view} className="xl:w-[16%]">
            Name
          </HolderSortTh>
          <HolderSortTh by="email" path={path} view={view} className="xl:w-[17%]">
            Email
          </HolderSortTh>
          <HolderSortTh by="status" path={path} view={view} className="xl:w-[12%]">
            Status
          </HolderSortTh>
          <HolderSortTh by="role" path={path} view={view} className="xl:w-[22%]">
            Role
          </HolderSortTh>
          <HolderSortTh by="scope" path={path} view={view} className="xl:w-[12%]">
            Scope
          </HolderSortTh>
          <Th className="xl:w-[11%]">How</Th>
          <Th className="xl:w-[10%]">Licence</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const personPath = `${path}/people/${row.principalId}`
          return (
            <tr key={row.principalId}>
              <Td>
                <PrincipalName
                  id={row.principalId}
                  name={row.name}
                  email={row.email}
                  deleted={row.status === 'deleted'}
                  href={personPath}
                />
              </Td>
              <Td>
                <EmailText email={row.email} />
              </Td>
              <Td>
                <PersonStatusMark status={row.status} guest={row.guest} lastSignInAt={row.lastSignInAt} />
              </Td>
              <Td className="max-w-56">
                <HolderRoles row={row} href={personPath} />
              </Td>
              <Td className="max-w-56">
                <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />
              </Td>
              <Td className="max-w-48 text-ink-soft">
                <AssignmentSource
                  group={row.group}
                  groups={row.groups}
                  direct={row.direct}
                  groupsPath={`${path}/groups`}
                />
              </Td>
              <Td className="whitespace-nowrap text-ink-soft">Microsoft Azure</Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}
