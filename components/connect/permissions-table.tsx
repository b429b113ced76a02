import { Chip } from '@/components/ui/chip'
import { Table, Td, Th } from '@/components/ui/table'
import { OPTIONAL_PERMISSIONS, PERMISSIONS } from '@/lib/domain/permissions'

/** What every optional permission is: a delegated scope of Microsoft Graph that only reads. */
const OPTIONAL = { resource: 'Microsoft Graph', access: 'read', adminConsent: true, optional: true } as const

const ROWS = [
  ...PERMISSIONS.map((permission) => ({ ...permission, optional: false })),
  ...OPTIONAL_PERMISSIONS.map((permission) => ({ ...permission, ...OPTIONAL })),
]

/** Each scope the sign-in asks for, or may: read or write, who may grant it, why, and what breaks without it. */
export function PermissionsTable() {
  return (
    <Table caption="Permissions asked for at the Microsoft sign-in">
      <thead>
        <tr>
          <Th>Permission</Th>
          <Th>Access</Th>
          <Th>Why</Th>
          <Th>Without it</Th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map((permission) => (
          <tr key={permission.scope}>
            <Td className="whitespace-normal">
              <code className="font-mono text-ink">{permission.scope}</code>
              <div className="mt-0.5 text-xs text-ink-soft">
                {permission.resource}
                {permission.optional && ' · optional'}
              </div>
            </Td>
            <Td className="whitespace-normal">
              <Chip>{permission.access === 'read' ? 'Read' : 'Write'}</Chip>
            </Td>
            <Td className="min-w-44 whitespace-normal">
              {permission.why}
              {permission.adminConsent && (
                <div className="mt-1 text-ink-soft">Needs an administrator’s consent, once per tenant.</div>
              )}
            </Td>
            <Td className="min-w-32 whitespace-normal">{permission.without}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
