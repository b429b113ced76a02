import type { ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'

type Props = {
  /** The address of the step before. */
  backHref: string
  children?: ReactNode
}

/** What ends a step of the wizard: the link to the step before, and the buttons that lead on. */
export function StepActions({ backHref, children }: Props) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <ButtonLink href={backHref} variant="ghost" className="mr-auto">
        Back
      </ButtonLink>
      {children}
    </div>
  )
}
