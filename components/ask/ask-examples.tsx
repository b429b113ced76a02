import Link from 'next/link'
import { type AskView, formatAskView } from '@/lib/domain/views'

const EXAMPLES = [
  ['Read a secret’s value', 'Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  ['Grant access', 'Microsoft.Authorization/roleAssignments/write'],
  ['Delete a virtual machine', 'Microsoft.Compute/virtualMachines/delete'],
  ['List storage keys', 'Microsoft.Storage/storageAccounts/listKeys/action'],
  ['Read blobs', 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
] as const

/** Operations that are often asked about, each asked by a click with the rest of the question kept. */
export function AskExamples({ path, view }: { path: string; view: AskView }) {
  return (
    <nav aria-label="Operations often asked about" className="mt-3 mb-6 text-sm text-ink-soft">
      <ul className="flex flex-wrap items-baseline gap-x-4 gap-y-1.5">
        <li aria-hidden>Often asked:</li>
        {EXAMPLES.map(([words, operation]) => (
          <li key={operation}>
            <Link
              href={path + formatAskView({ ...view, operation, plane: null, cursor: null })}
              prefetch={false}
              scroll={false}
              title={operation}
              aria-current={view.operation === operation ? 'true' : undefined}
              className="link"
            >
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
