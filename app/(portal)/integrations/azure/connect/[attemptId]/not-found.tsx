import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

export default function NoSuchAttempt() {
  return (
    <>
      <PageHeader title="Connect Microsoft Azure" back={{ href: '/integrations', label: 'Integrations' }} />
      <EmptyState
        title="There is no such connection attempt"
        action={
          <ButtonLink href="/integrations/azure/connect" variant="primary">
            Start again
          </ButtonLink>
        }
      >
        It may have ended more than a day ago, or belong to another member: a sign-in can be finished only by whoever
        began it.
      </EmptyState>
    </>
  )
}
