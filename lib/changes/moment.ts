/** The moment at which something began, ended or went on as something else, and the account whose rows tell of it. */
export type Moment = { organisationId: string; accountId: string; at: Date }

/** The publish that records changes: whose directory and nodes it writes, its connection and run, and its moment. */
export type ChangesWrite = Moment & {
  tenantId: string
  connectionId: string
  runId: string
  /** When the result before was read, at the latest: what is recorded had not been seen by then. Null for a first result. */
  after: Date | null
}

/** What all changes of a publish have in common, as it is stored. */
export const sharedBy = ({ organisationId, accountId, tenantId, runId, at, after }: ChangesWrite) => ({
  ...{ organisationId, accountId, tenantId, runId, at, after },
})
