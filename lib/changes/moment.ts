/** The moment at which something began, ended or went on as something else, and the account whose rows tell of it. */
export type Moment = { organisationId: string; accountId: string; at: Date }

/** The publish that records changes: whose directory and nodes it writes, its connection and run, and its moment. */
export type ChangesWrite = Moment & {
  tenantId: string
  connectionId: string
  runId: string
  /** Until when nothing of it was so yet: when the result before it was read. */
  after: Date | null
}

/** What all changes of a publish have in common, as it is stored. */
export const sharedBy = ({ organisationId, accountId, tenantId, runId, at, after }: ChangesWrite) => ({
  ...{ organisationId, accountId, tenantId, runId, at, after },
})
