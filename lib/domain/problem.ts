/** What it takes to get over a problem. */
export type ProblemKind =
  /** Waiting helps: tried again after minutes. */
  | 'transient'
  /** A person must sign in to Microsoft again. */
  | 'sign_in'
  /** A person must grant or change something first. */
  | 'right'
  /** A fault in how Rolecall is set up or built. */
  | 'ours'

/** What happened, what to do next, and by its kind whether waiting helps. */
export type Problem = { kind: ProblemKind; title: string; sentence: string; next: string }
