import { Blocks } from 'lucide-react'

/** The sign of an integration: a drawing of ours for what is known, a neutral one otherwise. */
export function IntegrationMark({ id }: { id: string }) {
  return (
    <span
      aria-hidden
      className="grid size-9 shrink-0 place-content-center rounded-lg border border-line bg-canvas text-accent"
    >
      {id === 'azure' ? (
        <svg aria-hidden viewBox="0 0 24 24" className="size-5" fill="currentColor">
          <path d="M9.2 3h5l-5.6 17.2a1 1 0 0 1-1 .8H3.4a1 1 0 0 1-.9-1.4L8.2 3.7A1 1 0 0 1 9.2 3Z" opacity="0.75" />
          <path d="M15 3.6 21.4 19.6A1 1 0 0 1 20.5 21h-8.2l4.5-.1-5.6-5.2 3-9.3Z" />
        </svg>
      ) : (
        <Blocks className="size-5" />
      )}
    </span>
  )
}
