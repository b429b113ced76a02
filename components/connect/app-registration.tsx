import { Copyable } from '@/components/ui/copyable'
import type { ProblemCode } from '@/lib/domain/problems'
import { type AzurePortal, AzurePortalLink } from './azure-steps'

type AppRegistrationGuideProps = { portal: AzurePortal; portalUrl: string; clientId: string }

const REDIRECTS = [
  { path: '/api/auth/callback/azure-ad', purpose: 'Signing in to Rolecall' },
  { path: '/api/azure/callback', purpose: 'Connecting a subscription' },
  { path: '/api/azure/admin-consent', purpose: 'After an administrator approves' },
]

/** The exact values that the app registration in Microsoft Entra must have for this portal. */
export function AppRegistrationGuide({ portal, portalUrl, clientId }: AppRegistrationGuideProps) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="text-ink-soft">
        For whoever runs Rolecall. These belong to its entry under{' '}
        <AzurePortalLink href={portal.appRegistrations}>App registrations</AzurePortalLink> in Microsoft Entra; the
        whole set-up, with commands, is in docs/azure-app-registration.md of the source.
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

export type AppRegistration = { clientId: string; redirectUri: string }

type AppSettingFixProps = { code: ProblemCode; app: AppRegistration; portal: AzurePortal }

/** The setting of the app registration that caused a problem, with the exact value it must have. */
export function AppSettingFix({ code, app, portal }: AppSettingFixProps) {
  return (
    <div className="grid grid-cols-1 gap-3">
      <SettingFix code={code} app={app} />
      <p className="text-sm text-ink-soft">
        This is set by whoever runs Rolecall, under{' '}
        <AzurePortalLink href={portal.appRegistrations}>App registrations</AzurePortalLink> in Microsoft Entra. Every
        value is listed in the{' '}
        <a href="/integrations/azure#app-registration" className="text-accent underline underline-offset-2">
          set-up guide
        </a>
        .
      </p>
    </div>
  )
}

function SettingFix({ code, app }: Pick<AppSettingFixProps, 'code' | 'app'>) {
  switch (code) {
    case 'app_redirect_wrong':
      return (
        <>
          <p>Under Authentication, platform Web, add exactly this address.</p>
          <LabelledValue text={app.redirectUri} label="Redirect URI" />
        </>
      )
    case 'app_secret_wrong':
    case 'app_secret_expired':
      return (
        <>
          <p>
            Open the application below and create a client secret under Certificates & secrets. Its value, not its ID,
            goes into the setting AZURE_CLIENT_SECRET.
          </p>
          <LabelledValue text={app.clientId} label="Application (client) ID" />
        </>
      )
    default:
      return (
        <>
          <p>The application below must exist in this cloud and allow accounts in any organisational directory.</p>
          <LabelledValue text={app.clientId} label="Application (client) ID" />
        </>
      )
  }
}

function LabelledValue({ text, label }: { text: string; label: string }) {
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <p className="text-sm text-ink-soft">{label}</p>
      <Copyable text={text} label={label} />
    </div>
  )
}
