import { MessagePage } from '@/components/shell/message-page'
import { ButtonLink } from '@/components/ui/button-link'

export default function Forbidden() {
  return (
    <MessagePage
      inFrame
      title="Your role does not allow this"
      actions={
        <ButtonLink href="/integrations" variant="primary">
          Go to Integrations
        </ButtonLink>
      }
    >
      Viewers read; administrators and owners connect and change. Ask an owner of your organisation for another role:
      they are listed under Settings, Members.
    </MessagePage>
  )
}
