import { Chip } from '@/components/ui/chip'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { CapabilityState, CatalogueEntry } from '@/lib/domain/catalogue'

/** What the integration can do, which says nothing about any connection: so none has the colour of a state. */
const WORDS: Record<CapabilityState, string> = {
  supported: 'Supported',
  optional: 'Optional',
  needs_p2: 'Needs P2',
}

/** For each kind of data: what it takes to be read, what of it is, and which permission that needs. */
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
              <Chip>{WORDS[capability.state]}</Chip>
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
