import { Copyable } from '@/components/ui/copyable'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AzurePortal } from './azure-portal'

export type AppRegistration = { clientId: string; redirectUri: string }

type Props = { code: ProblemCode; app: AppRegistration; portal: AzurePortal }

/** The one setting of the app registration behind a problem, with the exact value it should have. */
export function AppSettings({ code, app, portal }: Props) {
  return (
    <div className="grid grid-cols-1 gap-3">
      <Setting code={code} app={app} />
      <p className="text-sm text-ink-soft">
        This is set by whoever runs Rolecall, under{' '}
        <a
          href={portal.appRegistrations}
          target="_blank"
          rel="noreferrer"
          className="text-accent underline underline-offset-2"
        >
          App registrations
        </a>{' '}
        in Microsoft Entra. Every value is listed in the{' '}
        <a href="/integrations/azure#app-registration" className="text-accent underline underline-offset-2">
          set-up guide
        </a>
        .
      </p>
    </div>
  )
}

function Setting({ code, app }: Pick<Props, 'code' | 'app'>) {
  switch (code) {
    case 'app_redirect_wrong':
      return (
        <>
          <p>Under Authentication, platform Web, add exactly this address.</p>
          <Labelled text={app.redirectUri} label="Redirect URI" />
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
          <Labelled text={app.clientId} label="Application (client) ID" />
        </>
      )
    default:
      return (
        <>
          <p>The application below must exist in this cloud and allow accounts in any organisational directory.</p>
          <Labelled text={app.clientId} label="Application (client) ID" />
        </>
      )
  }
}

function Labelled({ text, label }: { text: string; label: string }) {
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <p className="text-sm text-ink-soft">{label}</p>
      <Copyable text={text} label={label} />
    </div>
  )
}
