import type { ReactNode } from 'react'
import { PageHeader } from '@/components/ui/page-header'
import { type Step, StepRail } from './step-rail'

type Props = {
  step: Step
  title: string
  description?: ReactNode
  /** The label of the connection being reconnected; absent for a new one. */
  reconnecting?: string | null
  /** Earlier steps that can be gone back to. */
  links?: Partial<Record<Step, string>>
  finished?: boolean
  children: ReactNode
}

/** What every step of the wizard stands in: the way back, the steps, and one narrow column. */
export function WizardFrame({ step, title, description, reconnecting, links, finished, children }: Props) {
  return (
    <>
      <PageHeader
        title={reconnecting ? `Reconnect ${reconnecting}` : 'Connect Microsoft Azure'}
        back={{ href: '/integrations', label: 'Integrations' }}
      />
      <div className="grid grid-cols-1 gap-x-10 gap-y-6 lg:grid-cols-[180px_minmax(0,640px)]">
        <StepRail current={step} links={links} finished={finished} />
        <section aria-labelledby="step-title" className="grid max-w-[640px] grid-cols-1 content-start gap-6">
          <header>
            <h2 id="step-title" className="text-xl font-semibold">
              {title}
            </h2>
            {description && <div className="mt-1 text-ink-soft">{description}</div>}
          </header>
          {children}
        </section>
      </div>
    </>
  )
}
