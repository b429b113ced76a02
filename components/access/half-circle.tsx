/** The mark of what is there in part. */
export function HalfCircle({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" fill="none" className={className}>
      <circle cx="12" cy="12" r="10" stroke="currentColor" strokeWidth="2" />
      <path d="M12 6a6 6 0 0 1 0 12z" fill="currentColor" />
    </svg>
  )
}
