import type { ComponentProps } from 'react'
import { type ButtonLook, buttonClasses } from './button-classes'

/** A button. `type` is `button` unless said otherwise, so that none submits a form by accident. */
export function Button({ variant, size, className, type = 'button', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return <button type={type} className={buttonClasses({ variant, size }, className)} {...rest} />
}
