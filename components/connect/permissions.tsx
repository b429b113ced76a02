import { Minus } from 'lucide-react'
import { Chip, type ChipTone } from '@/components/ui/chip'
import { SubmitButton } from '@/components/ui/submit-button'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { OptionalPermission } from '@/lib/connections/manage'
import { NOT_REQUESTED, OPTIONAL_PERMISSIONS, type OptionalScope, PERMISSIONS } from '@/lib/domain/permissions'

type Action = (connectionId: string, scope: OptionalScope) => Promise<void>

type Props = {
  connectionId: string
  permissions: OptionalPermission[]
  /** Whether it is read with an application, to which an administrator grants permissions in Microsoft Entra. */
  ofApplication: boolean
  actions: { askForPermission: Action; stopUsingPermission: Action }
}

const STATES: Record<OptionalPermission['state'], { word: string; tone: ChipTone }> = {
  granted: { word: 'Granted', tone: 'good' },
  withdrawn: { word: 'Withdrawn in Microsoft Entra', tone: 'warn' },
  not_asked: { word: 'Not asked for', tone: 'neutral' },
}

/** The optional permissions of a connection: what each adds, whether it is granted, and buttons to ask for it or stop using it. */
export function PermissionsPanel({ connectionId, permissions, ofApplication, actions }: Props) {
  const states = new Map(permissions.map(({ scope, state }) => [scope, state]))

  return (
    <section aria-labelledby="permissions" className="p-4">
      <h2 id="permissions" className="font-medium">
        Permissions
      </h2>
      <p className="mt-0.5 mb-3 text-ink-soft">
        Beyond what every connection needs. Each only reads, and an administrator of the tenant approves it once.
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {OPTIONAL_PERMISSIONS.map(({ scope, adds }) => {
          const state = states.get(scope) ?? 'not_asked'
          return (
            <li key={scope} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <code className="font-mono text-sm break-all">{scope}</code>
                  <Chip tone={STATES[state].tone}>
                    {ofApplication && state === 'not_asked' ? 'Not granted' : STATES[state].word}
                  </Chip>
                </p>
                <p className="mt-1 text-ink-soft">{adds}</p>
              </div>
              <div className="flex flex-wrap gap-2">
                {state !== 'granted' && !ofApplication && (
                  <form action={actions.askForPermission.bind(null, connectionId, scope)}>
                    <SubmitButton size="sm" className="relative" pendingLabel="Opening…">
                      Ask Microsoft for it <span className="sr-only">{scope}</span>
                    </SubmitButton>
                  </form>
                )}
                {(ofApplication ? state === 'withdrawn' : state !== 'not_asked') && (
                  <form action={actions.stopUsingPermission.bind(null, connectionId, scope)}>
                    <SubmitButton variant="ghost" size="sm" className="relative" pendingLabel="Stopping…">
                      Stop using it <span className="sr-only">{scope}</span>
                    </SubmitButton>
                  </form>
                )}
              </div>
            </li>
          )
        })}
      </ul>
      <p className="mt-2 text-sm text-ink-soft">
        {ofApplication
          ? 'It is read with an application: an administrator grants it each application permission in Microsoft Entra, and the next sync uses it.'
          : 'A change shows after the next sync. Rolecall stops asking for a permission that you stop using; the tenant’s consent itself is withdrawn in Microsoft Entra, under Enterprise applications.'}
      </p>
    </section>
  )
}

/** What all optional permissions have in common: they are delegated scopes of Microsoft Graph that only read. */
const OPTIONAL = { resource: 'Microsoft Graph', access: 'read', adminConsent: true, optional: true } as const

const ROWS = [
  ...PERMISSIONS.map((permission) => ({ ...permission, optional: false })),
  ...OPTIONAL_PERMISSIONS.map((permission) => ({ ...permission, ...OPTIONAL })),
]

/** Each scope that the sign-in asks for or may ask for: how far it reaches, who may grant it, why, and what is missing without it. */
export function PermissionsTable() {
  return (
    <Table caption="Permissions asked for at the Microsoft sign-in">
      <Thead>
        <Th className="tabular:w-[27%]">Permission</Th>
        <Th className="tabular:w-[14%]">Access</Th>
        <Th className="tabular:w-[34%]">Why</Th>
        <Th>Without it</Th>
      </Thead>
      <Tbody>
        {ROWS.map((permission) => (
          <Tr key={permission.scope}>
            <Td>
              <code className="font-mono text-ink">{permission.scope}</code>
              <div className="mt-0.5 text-xs text-ink-soft">
                {permission.resource}
                {permission.optional && ' · optional'}
              </div>
            </Td>
            <Td label="Access">
              <Chip>{permission.access === 'read' ? 'Read' : 'As you'}</Chip>
            </Td>
            <Td label="Why">
              {permission.why}
              {permission.adminConsent && (
                <div className="mt-1 text-ink-soft">Needs an administrator’s consent, once per tenant.</div>
              )}
            </Td>
            <Td label="Without it">{permission.without}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

/** The permissions that the sign-in never asks for. */
export function NotRequested() {
  return (
    <ul className="grid grid-cols-1 gap-1.5 text-ink-soft">
      {NOT_REQUESTED.map((line) => (
        <li key={line} className="flex gap-2">
          <Minus size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-ink-faint" />
          {line}
        </li>
      ))}
    </ul>
  )
}

const ADMIN_ROLES = ['Application Administrator', 'Privileged Role Administrator']

/** Which roles the person who connects needs, and why: for the first consent one in the directory, and Reader on the subscription. */
export function Requirements() {
  return (
    <ol className="grid grid-cols-1 gap-4">
      <li>
        <p className="font-medium">One of these Microsoft Entra roles</p>
        <Approvers />
      </li>
      <li>
        <p className="font-medium">Reader on the subscription</p>
        <p className="mt-1.5 text-ink-soft">
          The same account needs Reader, or any role with read access, assigned on the subscription. Rolecall reads
          Azure as this person and sees no more than they do. With an account that is only Reader it could do no more
          than read.
        </p>
      </li>
    </ol>
  )
}

/** The roles of a directory whose holders may approve Rolecall for it, and what whoever holds none of them does. */
export function Approvers() {
  return (
    <>
      <ul className="mt-1 list-disc pl-5">
        {ADMIN_ROLES.map((role) => (
          <li key={role}>{role}</li>
        ))}
        <li>
          Global Administrator <span className="text-ink-soft">(not recommended: far more than this needs)</span>
        </li>
      </ul>
      <p className="mt-1.5 text-ink-soft">
        Reading the directory’s users (<code className="font-mono text-sm">User.Read.All</code>) needs an
        administrator’s consent, once per tenant. If you hold none of these roles, enter the subscription ID first: the
        sign-in step then has an approval link to send to an administrator of that tenant.
      </p>
    </>
  )
}
