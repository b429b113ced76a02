import type { ComponentProps } from 'react'
import { joinClasses } from './join-classes'

/** A surface with a hairline around it. */
export function Card({ className, ...rest }: ComponentProps<'div'>) {
  return <div className={joinClasses('rounded-lg border border-line bg-surface p-4', className)} {...rest} />
}
