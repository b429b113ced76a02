/**
 * Whose rows a statement sees and may write: those of one organisation, or all. Row-level security holds every statement
 * to it, as a second wall behind the `where organisation_id = …` of each query.
 */
export type VisibleRows = { organisationId: string } | 'every organisation'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The statement that tells PostgreSQL whose rows the rest of a transaction may see; the policies of the tables read the
 * setting. Local to the transaction, so that the next user of the connection does not inherit it. It takes no snapshot,
 * so that the transaction can still choose its isolation level.
 *
 * @throws TypeError for an organisation that is no UUID: `set` takes no parameters, so the id becomes part of the statement
 */
export function setVisibleRows(rows: VisibleRows): string {
  if (rows === 'every organisation') return `set local rolecall.every_organisation = 'on'`
  if (!UUID.test(rows.organisationId)) throw new TypeError('The id of an organisation is not a UUID.')
  return `set local rolecall.organisation = '${rows.organisationId}'`
}

/** Takes back what an earlier statement of the same transaction has said of the rows that it may see. */
export const SEES_NOTHING = `set local rolecall.every_organisation = 'off'; set local rolecall.organisation = ''`
