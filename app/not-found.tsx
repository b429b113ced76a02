import { MessagePage } from '@/components/shell/message-page'
import { ButtonLink } from '@/components/ui/button-link'

export default function NotFound() {
  return (
    <MessagePage
      title="There is nothing here"
      actions={
        <ButtonLink href="/integrations" variant="primary">
          Go to Integrations
        </ButtonLink>
      }
    >
      The address may be mistyped, or what it showed was removed, or it belongs to another organisation.
    </MessagePage>
  )
}
