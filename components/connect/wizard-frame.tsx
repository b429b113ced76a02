import { Check } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { PageHeader } from '@/components/ui/page-header'
import { StepHeading } from './step-heading'

type Props = {
  step: Step
  title: string
  /** The label of the connection being reconnected; absent for a new one. */
  reconnecting?: string | null
  /** The addresses of the earlier steps to which one can go back. */
  links?: Partial<Record<Step, string>>
  /** Set when the last step is done as well. */
  finished?: boolean
  /** Set when a field of the step takes the focus, and not its heading. */
  focusesField?: boolean
  children: ReactNode
}

/** What surrounds every step of the wizard: the link back, the list of steps, and one narrow column. */
export function WizardFrame(props: Props) {
  const { step, title, reconnecting, links, finished, focusesField = false, children } = props
  return (
    <>
      <PageHeader
        title={reconnecting ? `Reconnect ${reconnecting}` : 'Connect Microsoft Azure'}
        back={{ href: '/integrations', label: 'Integrations' }}
      />
      <div className="grid grid-cols-1 gap-x-10 gap-y-6 lg:grid-cols-[180px_minmax(0,640px)]">
        <StepRail current={step} links={links} finished={finished} />
        <section aria-labelledby="step-title" className="grid max-w-[640px] grid-cols-1 content-start gap-6">
          <StepHeading id="step-title" takesFocus={!focusesField}>
            {title}
          </StepHeading>
          {children}
        </section>
      </div>
    </>
  )
}

const STEPS = ['start', 'subscription', 'sign-in', 'checks', 'progress'] as const
type Step = (typeof STEPS)[number]

const NAMES: Record<Step, string> = {
  start: 'Before you begin',
  subscription: 'Subscription',
  'sign-in': 'Sign in',
  checks: 'Checks',
  progress: 'Connect',
}

type StepRailProps = Pick<Props, 'links' | 'finished'> & { current: Step }

/** The steps of the wizard: a list on the left of a wide window, a row of marks at the top of a narrow one. */
function StepRail({ current, links = {}, finished = false }: StepRailProps) {
  const at = STEPS.indexOf(current)

  return (
    <nav aria-label="Steps">
      <p className="mb-2 text-xs text-ink-soft lg:hidden" aria-hidden="true">
        Step {at + 1} of {STEPS.length}: <span className="font-medium text-ink">{NAMES[current]}</span>
      </p>
      <ol className="flex gap-1.5 lg:flex-col lg:gap-1">
        {STEPS.map((step, index) => {
          const done = index < at || (finished && index === at)
          const href = index < at ? links[step] : undefined
          const label = (
            <>
              <StepMark number={index + 1} done={done} current={index === at} />
              <span className="sr-only lg:not-sr-only">
                {NAMES[step]}
                {done && <span className="sr-only"> (done)</span>}
              </span>
            </>
          )
          return (
            <li
              key={step}
              aria-current={index === at ? 'step' : undefined}
              className={index === at ? 'font-medium text-ink' : 'text-ink-soft'}
            >
              {href ? (
                <Link href={href} className="flex items-center gap-2.5 rounded-md py-1 hover:text-ink lg:px-2">
                  {label}
                </Link>
              ) : (
                <span className="flex items-center gap-2.5 py-1 lg:px-2">{label}</span>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function StepMark({ number, done, current }: { number: number; done: boolean; current: boolean }) {
  const tone = done
    ? 'border-good bg-good-soft text-good'
    : current
      ? 'border-accent bg-accent-soft text-accent'
      : 'border-line-strong text-ink-soft'
  return (
    <span
      aria-hidden="true"
      className={`grid size-6 shrink-0 place-items-center rounded-full border text-xs tabular-nums ${tone}`}
    >
      {done ? <Check size={14} /> : number}
    </span>
  )
}
