import { ShortId } from '@/components/ui/copyable'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'

type Key = {
  id: string
  fingerprint: string
  createdAt: string
  retiredAt: string | null
  withdrawnAt: string | null
}

type Props = { keys: Key[]; address: string }

/** The public keys of this installation, by which whoever is given an export can check who made it. */
export function SigningKeys({ keys, address }: Props) {
  return (
    <section aria-labelledby="signing-keys" className="mt-8">
      <h2 id="signing-keys" className="text-lg font-semibold">
        Signing keys
      </h2>
      <p className="mt-1 mb-4 max-w-2xl text-ink-soft">
        Exports are signed with a key of this installation. Anybody can fetch its public half, without signing in, at{' '}
        <a href={address} className="link break-all">
          {address}
        </a>
        .
      </p>
      {keys.length === 0 ? (
        <p className="text-ink-soft">There is none yet. It is made with the first export.</p>
      ) : (
        <Table caption="Public keys of this installation">
          <Thead>
            <Th className="tabular:w-[32%]">Key</Th>
            <Th>SHA-256 fingerprint</Th>
            <Th className="tabular:w-[14%]">Made</Th>
            <Th className="tabular:w-[16%]">State</Th>
          </Thead>
          <Tbody>
            {keys.map((key) => (
              <Tr key={key.id}>
                <RowTh>
                  <a href={`${address}/${key.id}.pem`} className="link font-mono text-sm break-all">
                    {key.id}
                  </a>
                </RowTh>
                <Td label="SHA-256 fingerprint">
                  <ShortId id={key.fingerprint} label={`the fingerprint of ${key.id}`} />
                </Td>
                <Td label="Made" className="text-ink-soft">
                  <RelativeTime at={new Date(key.createdAt)} />
                </Td>
                <Td label="State">{key.withdrawnAt ? 'Withdrawn' : key.retiredAt ? 'Replaced' : 'In use'}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </section>
  )
}
