import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

export const metadata: Metadata = { title: 'Not found' }

export default function PersonNotFound() {
  return (
    <>
      <PageHeader title="No such person here" back={{ href: '/integrations', label: 'Integrations' }} />
      <EmptyState
        title="Nobody with this ID is known in this subscription"
        action={<ButtonLink href="/people">See everyone with access</ButtonLink>}
      >
        They may never have had access to it, or the link may be for another organisation.
      </EmptyState>
    </>
  )
}
