import { Copyable } from '@/components/ui/copyable'
import type { ProblemCode } from '@/lib/problems'
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
          <p>Under Authentication, platform Web, add exactly this redirect URI:</p>
          <Copyable text={app.redirectUri} label="redirect URI" />
        </>
      )
    case 'app_secret_wrong':
    case 'app_secret_expired':
      return (
        <>
          <p>
            Under Certificates & secrets of this application, create a client secret and copy its value, not its ID, to
            the setting AZURE_CLIENT_SECRET:
          </p>
          <Copyable text={app.clientId} label="application (client) ID" />
        </>
      )
    default:
      return (
        <>
          <p>
            Rolecall uses this application ID. It must exist in this cloud and allow accounts in any organisational
            directory:
          </p>
          <Copyable text={app.clientId} label="application (client) ID" />
        </>
      )
  }
}
