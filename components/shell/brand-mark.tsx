import { joinClasses } from '@/components/ui/join-classes'

/**
 * A list of names with one of them ticked. It is decoration: the product's name always stands beside it. It stands apart
 * from the frame, because error pages show it in the browser, where the frame's menu would come along with it.
 */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={joinClasses('shrink-0', className ?? 'size-7')}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g fill="none" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round" className="stroke-accent-ink">
        <path d="M8 10h9M8 16h6M8 22h9" opacity="0.6" />
        <path d="m18.5 16.2 2.6 2.6 4.4-5.4" />
      </g>
    </svg>
  )
}
