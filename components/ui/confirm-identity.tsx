import { buttonClasses } from './button'
import { Notice } from './notice'

/**
 * Says in a form that the action takes a fresh sign-in. The confirmation opens in a tab of its own, so that nothing that was
 * chosen or typed in the form is lost.
 *
 * @param again what the button of the form is called
 */
export function ConfirmIdentity({ again }: { again: string }) {
  return (
    <Notice
      tone="warn"
      title="Confirm that it is you"
      role="alert"
      action={
        <a href="/confirm" target="_blank" rel="noopener" className={buttonClasses({ size: 'sm' })}>
          Confirm with Microsoft in a new tab
        </a>
      }
    >
      Your last sign-in was too long ago for this. Nothing has been changed yet. Confirm, then press {again} again.
    </Notice>
  )
}
