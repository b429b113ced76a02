import { SubmitButton } from '@/components/ui/submit-button'

export type AzureSignInOptions = {
  prompt?: 'consent' | 'select_account'
  useClaims?: boolean
  /** `ticked` asks for the optional permissions ticked in the form, `fewer` for those that are left without the refused ones. */
  optional?: 'ticked' | 'fewer'
}

type Props = {
  action: (options: AzureSignInOptions) => Promise<void>
  options?: AzureSignInOptions
  variant?: 'primary' | 'secondary' | 'ghost'
  size?: 'md' | 'sm'
  children: string
}

/** Leads to Microsoft's sign-in page to connect a subscription. A form of its own, so that it works before any script has loaded. */
export function AzureSignInButton({ action, options = {}, variant = 'primary', size, children }: Props) {
  return (
    <form action={action.bind(null, options)}>
      <SubmitButton variant={variant} size={size} pendingLabel="Going to Microsoft…">
        {children}
      </SubmitButton>
    </form>
  )
}
