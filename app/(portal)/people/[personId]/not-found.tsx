import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

export const metadata: Metadata = { title: 'Not found' }

export default function PersonNotFound() {
  return (
    <>
      <PageHeader title="No such person here" back={{ href: '/people', label: 'People' }} />
      <EmptyState
        title="No subscription of your organisation knows this person"
        action={<ButtonLink href="/people">All people</ButtonLink>}
      >
        They may have been deleted with a disconnected subscription.
      </EmptyState>
    </>
  )
}
