import { Chip } from '@/components/ui/chip'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { CAPABILITY_STATES, type CatalogueEntry } from '@/lib/domain/catalogue'

/**
 * For each kind of data: what it takes to be read, what of it is, and which permission that needs. No cell has the colour of a
 * state, because the table is about no connection.
 */
export function CapabilitiesTable({ entry }: { entry: CatalogueEntry }) {
  return (
    <Table caption={`Integration capabilities of ${entry.name}`}>
      <Thead>
        <Th className="tabular:w-[17%]">Data</Th>
        <Th className="tabular:w-[14%]">{entry.name}</Th>
        <Th className="tabular:w-[38%]">What is read</Th>
        <Th>Permission</Th>
      </Thead>
      <Tbody>
        {entry.capabilities.map((capability) => (
          <Tr key={capability.data}>
            <RowTh>{capability.data}</RowTh>
            <Td>
              <Chip>{CAPABILITY_STATES[capability.state].word}</Chip>
            </Td>
            <Td className="text-ink-soft">{capability.fields}</Td>
            <Td label="Permission" className="text-ink-soft">
              {capability.permission}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}
