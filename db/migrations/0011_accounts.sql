-- A Microsoft sign-in was kept for each connection. It becomes that of an account, which all connections of one identity in one
-- tenant live on. The account takes the id of the connection whose sign-in it keeps, because that is what it is sealed for.
CREATE TABLE "account_secrets" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"sealed" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_secrets_organisation_id_account_id_pk" PRIMARY KEY("organisation_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"tenant_id" text NOT NULL,
	"object_id" text NOT NULL,
	"name" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"state_reason" text,
	"optional_scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"sign_ins" integer DEFAULT 1 NOT NULL,
	"signed_in_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"signed_in_by_id" uuid,
	"signed_in_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "accounts_one_per_identity" UNIQUE("organisation_id","tenant_id","object_id"),
	CONSTRAINT "accounts_state" CHECK (state in ('active', 'reconnect_needed', 'signed_out')),
	CONSTRAINT "accounts_reason" CHECK ((state_reason is not null) = (state = 'reconnect_needed'))
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "account_id" uuid;--> statement-breakpoint
ALTER TABLE "account_secrets" ADD CONSTRAINT "account_secrets_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_of_an_account" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connections_by_account" ON "connections" USING btree ("organisation_id","account_id");--> statement-breakpoint
-- The sign-in that is kept is one that works, and of those the one that was renewed last. Permissions are those of all connections
-- together: with fewer, some of them would read less than before.
INSERT INTO accounts (organisation_id, id, tenant_id, object_id, name, state, state_reason, optional_scopes, signed_in_at, signed_in_by_id, signed_in_by_name)
SELECT DISTINCT ON (c.organisation_id, c.tenant_id, c.account_object_id)
	c.organisation_id, c.id, c.tenant_id, c.account_object_id, c.account_name,
	CASE WHEN s.sealed IS NULL THEN 'signed_out' WHEN has_ended THEN 'reconnect_needed' ELSE 'active' END,
	CASE WHEN s.sealed IS NOT NULL AND has_ended THEN coalesce(c.state_reason, 'sign_in_expired') END,
	coalesce((SELECT jsonb_agg(DISTINCT scope) FROM connections o, jsonb_array_elements(o.optional_scopes) scope
		WHERE o.organisation_id = c.organisation_id AND o.tenant_id = c.tenant_id AND o.account_object_id = c.account_object_id), '[]'),
	coalesce(s.updated_at, c.created_at), c.connected_by_id, c.connected_by_name
FROM connections c
LEFT JOIN connection_secrets s ON s.organisation_id = c.organisation_id AND s.connection_id = c.id
CROSS JOIN LATERAL (SELECT c.state = 'reconnect_needed' AND c.state_reason IS DISTINCT FROM 'subscription_moved' AS has_ended) AS sign_in
ORDER BY c.organisation_id, c.tenant_id, c.account_object_id, s.sealed IS NULL, has_ended, s.updated_at DESC, c.id;--> statement-breakpoint
INSERT INTO account_secrets (organisation_id, account_id, sealed, version, updated_at)
SELECT s.organisation_id, s.connection_id, s.sealed, s.version, s.updated_at
FROM connection_secrets s JOIN accounts a ON a.organisation_id = s.organisation_id AND a.id = s.connection_id;--> statement-breakpoint
UPDATE connections c SET account_id = a.id FROM accounts a
WHERE a.organisation_id = c.organisation_id AND a.tenant_id = c.tenant_id AND a.object_id = c.account_object_id;--> statement-breakpoint
-- Whether a sign-in has ended stands at its account now. A connection whose own had ended while another of the same account
-- works reads with that one, at once.
UPDATE connections c SET state = 'active', state_reason = NULL, next_sync_at = CASE WHEN a.state = 'active' THEN now() END
FROM accounts a WHERE a.organisation_id = c.organisation_id AND a.id = c.account_id
	AND c.state = 'reconnect_needed' AND c.state_reason IS DISTINCT FROM 'subscription_moved';--> statement-breakpoint
SELECT hold_rows_to_organisation('accounts');--> statement-breakpoint
SELECT hold_rows_to_organisation('account_secrets');
