import { PrincipalKindText, PrincipalName } from '@/components/access/holder-cells'
import { ScopeLabel } from '@/components/access/scope-label'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { ChangeEffectRow } from '@/db/queries/changes'
import type { Reached } from '@/lib/changes/open-change'
import { EFFECT_LABELS } from '@/lib/domain/change-words'
import { roleWords } from '@/lib/domain/words'

type Props = {
  rows: Reached[]
  /** The effects of the change, which say which subscriptions show each node. */
  effects: ChangeEffectRow[]
}

/** Whom a change reached: a row for each role that somebody gained, lost or holds otherwise by it. */
export function ReachedTable({ rows, effects }: Props) {
  return (
    <Table caption="Whom the change reached">
      <Thead>
        <Th className="tabular:w-[26%]">Name</Th>
        <Th className="tabular:w-[12%]">Change</Th>
        <Th className="tabular:w-[26%]">Role</Th>
        <Th className="tabular:w-[18%]">Scope</Th>
        <Th>Subscriptions</Th>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={[row.principalId, row.effect, row.roleId, row.scope, row.eligible].join(' ')}>
            <Td>
              {row.principalKind === 'user' ? (
                <PrincipalName id={row.principalId} name={row.principalName} email={row.email} deleted={false} />
              ) : (
                <>
                  <Name of={row.principalName ?? row.principalId} />
                  <span className="block text-xs text-ink-faint">
                    <PrincipalKindText kind={row.principalKind} variety={null} />
                  </span>
                </>
              )}
            </Td>
            <Td label="Change">{EFFECT_LABELS[row.effect]}</Td>
            <Td label="Role" className="wrap-anywhere">
              <Name of={roleWords({ id: row.roleId, name: row.roleName })} />
              {row.eligible ? <span className="text-eligible"> (eligible)</span> : null}
            </Td>
            <Td label="Scope">
              <ScopeLabel scope={row.scope} level={row.scopeLevel} />
            </Td>
            <Td label="Subscriptions" className="wrap-anywhere text-ink-soft">
              <Subscriptions of={effects.find(({ nodeId }) => nodeId === row.nodeId)} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function Subscriptions({ of }: { of: ChangeEffectRow | undefined }) {
  if (!of) return '–'
  const { count, first } = of.connections
  const more = count - first.length
  return (
    <>
      {first.map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          <Name of={name} />
        </span>
      ))}
      {more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}
    </>
  )
}
