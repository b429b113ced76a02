import type { Metadata } from 'next'
import { startReconnect } from '@/app/(portal)/integrations/actions'
import { discardDraft, removeAccount } from '@/app/(portal)/integrations/azure/applications/actions'
import { AppRegistrationGuide } from '@/components/connect/app-registration'
import { AssignReaderSteps, azurePortal, FoldedSteps } from '@/components/connect/azure-steps'
import { NotRequested, PermissionsTable, Requirements } from '@/components/connect/permissions'
import { AccountsList } from '@/components/integrations/accounts-list'
import { ApplicationDrafts } from '@/components/integrations/application-drafts'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { listAccounts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { listDrafts } from '@/lib/connections/application-drafts'
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
  const drafts = mayConnect ? await listDrafts(member) : []

  return (
    <>
      <PageHeader
        title="Microsoft Azure"
        description={AZURE?.summary}
        back={{ href: '/integrations', label: 'Integrations' }}
      >
        <ButtonLink href="/integrations/azure/capabilities" variant="ghost">
          Capabilities
        </ButtonLink>
        {mayConnect && (
          <ButtonLink href="/integrations/azure/connect" variant="primary">
            Connect
          </ButtonLink>
        )}
      </PageHeader>
      <div className="grid max-w-[800px] grid-cols-1 gap-10">
        {(accounts.length > 0 || mayConnect) && (
          <section aria-labelledby="accounts">
            <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <h2 id="accounts" className="text-lg font-semibold">
                Accounts
              </h2>
              {mayConnect && (
                <ButtonLink href="/integrations/azure/applications/new">Add an application account</ButtonLink>
              )}
            </div>
            <p className="mb-3 text-ink-soft">
              {accounts.length > 0
                ? 'Rolecall reads with these sign-ins. Reconnecting one heals every subscription that is read with it. '
                : 'The sign-in of whoever connects a subscription is shown here. '}
              What must not end when a person leaves is best read with an application.
            </p>
            {accounts.length > 0 && (
              <AccountsList accounts={accounts} actions={mayConnect ? { startReconnect, removeAccount } : null} />
            )}
            <ApplicationDrafts drafts={drafts} discard={discardDraft} />
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
