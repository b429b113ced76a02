import { HomeLink, MessagePage } from '@/components/shell/message-page'

export default function Forbidden() {
  return (
    <MessagePage inFrame title="Your role does not allow this" actions={<HomeLink variant="primary" />}>
      Viewers read; administrators and owners connect and change. Ask an owner of your organisation for another role:
      they are listed under Settings, Members.
    </MessagePage>
  )
}
