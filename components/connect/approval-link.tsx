import { Copyable } from '@/components/ui/copyable'

/** The address at which an administrator consents for their whole tenant. It signs nobody in to Rolecall and holds no secret. */
export function ApprovalLink({ url }: { url: string }) {
  return (
    <div className="grid grid-cols-1 gap-2">
      <p className="text-ink-soft">
        An Application Administrator, Privileged Role Administrator or Global Administrator of this tenant opens it and
        accepts, once. They need no account here. After that, sign in.
      </p>
      <Copyable text={url} label="approval link" />
    </div>
  )
}
