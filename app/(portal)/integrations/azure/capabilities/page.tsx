import type { Metadata } from 'next'
import Link from 'next/link'
import { CapabilitiesTable } from '@/components/integrations/capabilities-table'
import { PageHeader } from '@/components/ui/page-header'
import { requireMember } from '@/lib/auth/request'
import { CAPABILITY_STATES, CATALOGUE } from '@/lib/domain/catalogue'

export const metadata: Metadata = { title: 'Capabilities' }

export default async function CapabilitiesPage() {
  await requireMember()

  return (
    <>
      <PageHeader
        title="Capabilities"
        description="What Rolecall can read of each integration, and what that takes. How a connection stands is said on its tile."
        back={{ href: '/integrations', label: 'Integrations' }}
      />
      <dl className="mb-6 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {Object.values(CAPABILITY_STATES).map(({ word, meaning }) => (
          <div key={word} className="col-span-full grid grid-cols-subgrid">
            <dt className="font-medium">{word}</dt>
            <dd className="text-ink-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
      {CATALOGUE.map((entry) => (
        <section key={entry.id} aria-labelledby={`capabilities-${entry.id}`} className="mb-8">
          <h2 id={`capabilities-${entry.id}`} className="mb-3 text-lg font-semibold">
            {entry.name}
          </h2>
          <CapabilitiesTable entry={entry} />
        </section>
      ))}
      <p className="text-ink-soft">
        <Link href="/integrations/azure#permissions" className="link">
          Permissions and why
        </Link>{' '}
        says what each permission is asked for, and which are never asked for.
      </p>
    </>
  )
}
