import { Copyable } from '@/components/ui/copyable'
import type { AzurePortal } from './azure-portal'

type Props = { portal: AzurePortal; portalUrl: string; clientId: string }

const REDIRECTS = [
  { path: '/api/auth/callback/azure-ad', purpose: 'Signing in to Rolecall' },
  { path: '/api/azure/callback', purpose: 'Connecting a subscription' },
  { path: '/api/azure/admin-consent', purpose: 'After an administrator approves' },
]

/** The values that the app registration in Microsoft Entra must have for this portal, to the letter. */
export function AppRegistrationGuide({ portal, portalUrl, clientId }: Props) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="text-ink-soft">
        For whoever runs Rolecall. These belong to its entry under{' '}
        <a
          href={portal.appRegistrations}
          target="_blank"
          rel="noreferrer"
          className="text-accent underline underline-offset-2"
        >
          App registrations
        </a>{' '}
        in Microsoft Entra; the whole set-up, with commands, is in docs/azure-app-registration.md of the source.
      </p>
      <div className="grid grid-cols-1 gap-1.5">
        <p>Application (client) ID, the setting AZURE_CLIENT_ID</p>
        <Copyable text={clientId} label="application (client) ID" />
      </div>
      {REDIRECTS.map(({ path, purpose }) => (
        <div key={path} className="grid grid-cols-1 gap-1.5">
          <p>
            Redirect URI, platform Web <span className="text-ink-soft">· {purpose}</span>
          </p>
          <Copyable text={`${portalUrl}${path}`} label={`redirect URI for ${purpose.toLowerCase()}`} />
        </div>
      ))}
      <ul className="list-disc pl-5 text-ink-soft">
        <li>
          Supported account types: accounts in any organisational directory, when subscriptions of several tenants are
          connected.
        </li>
        <li>Delegated permissions: the ones in the table above, and no application permissions.</li>
        <li>A client secret, whose value (not its ID) is the setting AZURE_CLIENT_SECRET.</li>
      </ul>
    </div>
  )
}
