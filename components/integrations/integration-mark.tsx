import { Blocks } from 'lucide-react'
import { joinClasses } from '@/components/ui/join-classes'

/** The mark of an integration: a drawing of ours for Azure, a neutral icon for any other. */
export function IntegrationMark({ id, className }: { id: string; className?: string }) {
  const classes = joinClasses('size-5 shrink-0 text-accent', className)
  if (id !== 'azure') return <Blocks aria-hidden className={classes} />
  return (
    <svg aria-hidden viewBox="0 0 24 24" className={classes} fill="currentColor">
      <path d="M9.2 3h5l-5.6 17.2a1 1 0 0 1-1 .8H3.4a1 1 0 0 1-.9-1.4L8.2 3.7A1 1 0 0 1 9.2 3Z" opacity="0.75" />
      <path d="M15 3.6 21.4 19.6A1 1 0 0 1 20.5 21h-8.2l4.5-.1-5.6-5.2 3-9.3Z" />
    </svg>
  )
}
