import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

export const metadata: Metadata = { title: 'Not found' }

export default function ConnectionNotFound() {
  return (
    <>
      <PageHeader title="No such subscription here" back={{ href: '/integrations', label: 'Integrations' }} />
      <EmptyState
        title="Your organisation has no connection at this address"
        action={<ButtonLink href="/integrations">See what is connected</ButtonLink>}
      >
        It may have been deleted, or the link may be for another organisation.
      </EmptyState>
    </>
  )
}
