import { bigint, check, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { EXPORT_FORMATS, type ExportFormat, PREPARED_STATES, type PreparedState } from '@/lib/domain/vocabulary'
import { at, bytes, oneOf } from './columns'
import { members } from './organisations'

/** An export that a worker writes for a member, who takes it later. It is deleted a day after it was asked for. */
export const preparedExports = pgTable(
  'prepared_exports',
  {
    organisationId: uuid('organisation_id').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    memberId: uuid('member_id').notNull(),
    /** The path and the query of the list's export, without its format. */
    address: text('address').notNull(),
    /** What the list is, and what it is of, for whoever waits for it. */
    list: text('list').notNull(),
    label: text('label').notNull(),
    format: text('format').$type<ExportFormat>().notNull(),
    fileName: text('file_name').notNull(),
    state: text('state').$type<PreparedState>().notNull().default('queued'),
    /** Raised by each worker that begins it, so that one which was thought lost stores nothing more. */
    fence: integer('fence').notNull().default(0),
    rows: integer('rows').notNull().default(0),
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    /** Why it failed, for whoever asked for it. */
    problem: text('problem'),
    requestedAt: at('requested_at').notNull().defaultNow(),
    heartbeatAt: at('heartbeat_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      name: 'prepared_exports_of_a_member',
      columns: [t.organisationId, t.memberId],
      foreignColumns: [members.organisationId, members.id],
    }).onDelete('cascade'),
    index('prepared_exports_by_member').on(t.organisationId, t.memberId, t.requestedAt),
    index('prepared_exports_by_age').on(t.requestedAt),
    check('prepared_exports_state', oneOf('state', PREPARED_STATES)),
    check('prepared_exports_format', oneOf('format', EXPORT_FORMATS)),
  ],
)

/** The bytes of a prepared export, in pieces that one statement can carry. */
export const preparedPieces = pgTable(
  'prepared_pieces',
  {
    organisationId: uuid('organisation_id').notNull(),
    exportId: uuid('export_id').notNull(),
    place: integer('place').notNull(),
    content: bytes('content').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.exportId, t.place] }),
    foreignKey({
      name: 'prepared_pieces_of_an_export',
      columns: [t.organisationId, t.exportId],
      foreignColumns: [preparedExports.organisationId, preparedExports.id],
    }).onDelete('cascade'),
  ],
)
