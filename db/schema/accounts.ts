import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import {
  ACCOUNT_KINDS,
  ACCOUNT_STATES,
  type AccountKind,
  type AccountState,
  CREDENTIAL_KINDS,
  type CredentialKind,
  type ManagementGroup,
} from '@/lib/domain/vocabulary'
import { at, oneOf } from './columns'
import { organisations } from './organisations'

/**
 * A Microsoft account that Rolecall reads with, in one tenant: its sign-in is kept once, however many connections live on it.
 * The row stays as long as a connection names it, also a disconnected one. A person's exists because of its connections, an
 * application's also before it has any.
 */
export const accounts = pgTable(
  'accounts',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    kind: text('kind').$type<AccountKind>().notNull().default('person'),
    /** The tenant that it reads, and in which it has its object ID: for a guest not its home. */
    tenantId: text('tenant_id').notNull(),
    objectId: text('object_id').notNull(),
    /** For an application its client ID, how it proves itself, and when what proves it ends, if it is known to end. */
    clientId: text('client_id'),
    credential: text('credential').$type<CredentialKind>(),
    credentialExpiresAt: at('credential_expires_at'),
    /** The name it signs in with, or that of the application. */
    name: text('name').notNull(),
    state: text('state').$type<AccountState>().notNull().default('active'),
    /** Problem code that explains `reconnect_needed`. */
    stateReason: text('state_reason'),
    /** What the tenant has granted beyond the base scopes, such as `GroupMember.Read.All`. */
    optionalScopes: jsonb('optional_scopes').$type<string[]>().notNull().default([]),
    /** Whether subscriptions that it can read newly are connected by themselves, and when it is looked for them next. */
    follows: boolean('follows').notNull().default(false),
    nextLookAt: at('next_look_at'),
    /** The management group below which they are looked for; null for everything that it can read in its tenant. */
    followedGroup: jsonb('followed_group').$type<ManagementGroup>(),
    /** When the last look ended, and the problem code of one that failed. */
    lookedAt: at('looked_at'),
    lookProblem: text('look_problem'),
    /** Subscriptions that are not to be connected by themselves. */
    excludedSubscriptionIds: jsonb('excluded_subscription_ids').$type<string[]>().notNull().default([]),
    /** How often somebody has signed in with it. A run that failed with an earlier sign-in says nothing of the one now. */
    signIns: integer('sign_ins').notNull().default(1),
    /** Raised when what workers have in mind of its directory is to be forgotten: a connection was deleted with its data. */
    directoryEpoch: integer('directory_epoch').notNull().default(0),
    signedInAt: at('signed_in_at').notNull().defaultNow(),
    signedInById: uuid('signed_in_by_id'),
    signedInByName: text('signed_in_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When a result was published last that was read with it. The next one is published after that. */
    publishedAt: at('published_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('accounts_one_per_identity').on(t.organisationId, t.tenantId, t.objectId),
    index('accounts_due').on(t.nextLookAt),
    check('accounts_look', sql`follows = (next_look_at is not null)`),
    check('accounts_kind', oneOf('kind', ACCOUNT_KINDS)),
    check('accounts_credential', oneOf('credential', CREDENTIAL_KINDS)),
    check('accounts_application', sql`(kind = 'application') = (client_id is not null and credential is not null)`),
    check('accounts_followed_group', sql`follows or followed_group is null`),
    check('accounts_state', oneOf('state', ACCOUNT_STATES)),
    check('accounts_reason', sql`(state_reason is not null) = (state = 'reconnect_needed')`),
  ],
)

/** The sealed MSAL cache of a person's account, or an application's credential; `version` is for compare-and-swap. */
export const accountSecrets = pgTable(
  'account_secrets',
  {
    organisationId: uuid('organisation_id').notNull(),
    accountId: uuid('account_id').notNull(),
    sealed: text('sealed').notNull(),
    version: integer('version').notNull().default(1),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId] }),
    foreignKey({
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
  ],
)

/**
 * An application that is to become an account, or the next credential of one that is: what an administrator registers at
 * Microsoft, kept until it works or has expired. It is the organisation's, since two people often do the two parts.
 */
export const applicationDrafts = pgTable(
  'application_drafts',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    /** The account whose credential it replaces. */
    accountId: uuid('account_id'),
    tenantId: text('tenant_id').notNull(),
    /** Null for the managed identity of the machine itself. */
    clientId: text('client_id'),
    credential: text('credential').$type<CredentialKind>().notNull(),
    /** The certificate without its key, in PEM, to be registered at Microsoft. */
    certificate: text('certificate'),
    credentialExpiresAt: at('credential_expires_at'),
    sealed: text('sealed').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      name: 'application_drafts_of_an_account',
      columns: [t.organisationId, t.accountId],
      foreignColumns: [accounts.organisationId, accounts.id],
    }).onDelete('cascade'),
    check('application_drafts_credential', oneOf('credential', CREDENTIAL_KINDS)),
    index('application_drafts_by_account').on(t.organisationId, t.accountId),
    index('application_drafts_expiry').on(t.expiresAt),
  ],
)
