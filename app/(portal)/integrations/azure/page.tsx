import type { Metadata } from 'next'
import { startReconnect } from '@/app/(portal)/integrations/actions'
import { AppRegistrationGuide } from '@/components/connect/app-registration'
import { AssignReaderSteps, azurePortal, FoldedSteps } from '@/components/connect/azure-steps'
import { NotRequested, PermissionsTable, Requirements } from '@/components/connect/permissions'
import { AccountsList } from '@/components/integrations/accounts-list'
import { CapabilitiesTable } from '@/components/integrations/capabilities-table'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { listAccounts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { CATALOGUE } from '@/lib/domain/catalogue'
import { env } from '@/lib/env'

export const metadata: Metadata = { title: 'Microsoft Azure' }

const AZURE = CATALOGUE.find(({ id }) => id === 'azure')
const HEADING = 'mb-3 text-lg font-semibold'

export default async function AboutAzurePage() {
  const member = await requireMember()
  const { azure, portalUrl } = env()
  const portal = azurePortal(azure.cloud)
  const mayConnect = mayDo(member.role, 'connect')
  const accounts = (await listAccounts(member)).map((account) => ({
    ...account,
    tenantName: account.tenantId === member.tenantId ? member.organisationName : null,
  }))

  return (
    <>
      <PageHeader
        title="Microsoft Azure"
        description={AZURE?.summary}
        back={{ href: '/integrations', label: 'Integrations' }}
      >
        {mayConnect && (
          <ButtonLink href="/integrations/azure/connect" variant="primary">
            Connect
          </ButtonLink>
        )}
      </PageHeader>
      <div className="grid max-w-[800px] grid-cols-1 gap-10">
        {accounts.length > 0 && (
          <section aria-labelledby="accounts">
            <h2 id="accounts" className={HEADING}>
              Accounts
            </h2>
            <p className="mb-3 text-ink-soft">
              Rolecall reads with these sign-ins. Reconnecting one heals every subscription that is read with it.
            </p>
            <AccountsList accounts={accounts} startReconnect={mayConnect ? startReconnect : null} />
          </section>
        )}
        {AZURE && (
          <section aria-labelledby="capabilities">
            <h2 id="capabilities" className={HEADING}>
              Integration capabilities
            </h2>
            <CapabilitiesTable entry={AZURE} />
          </section>
        )}
        <section aria-labelledby="requirements">
          <h2 id="requirements" className={HEADING}>
            Requirements
          </h2>
          <div className="grid grid-cols-1 gap-4">
            <Requirements />
            <FoldedSteps title="How to assign Reader on a subscription">
              <AssignReaderSteps portal={portal} />
            </FoldedSteps>
          </div>
        </section>
        <section aria-labelledby="permissions">
          <h2 id="permissions" className={HEADING}>
            Permissions and why
          </h2>
          <PermissionsTable />
          <h3 className="mt-5 mb-2 font-medium">Not requested</h3>
          <NotRequested />
        </section>
        <section aria-labelledby="app-registration">
          <h2 id="app-registration" className={HEADING}>
            App registration
          </h2>
          <AppRegistrationGuide portal={portal} portalUrl={portalUrl} clientId={azure.clientId} />
        </section>
      </div>
    </>
  )
}
