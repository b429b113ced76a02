import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

/** What viewers see in place of the wizard. */
export function AskAnAdmin() {
  return (
    <>
      <PageHeader title="Connect Microsoft Azure" back={{ href: '/integrations', label: 'Integrations' }} />
      <EmptyState
        title="Connecting needs an owner or admin"
        action={<ButtonLink href="/integrations">Back to Integrations</ButtonLink>}
      >
        You are a viewer in this organisation: you can read every result, and connect nothing. Ask an owner or admin to
        connect the subscription, or to change your role under Settings, Members.
      </EmptyState>
    </>
  )
}
