CREATE TABLE "connection_deletions" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"requested_by_id" uuid NOT NULL,
	"requested_by_name" text NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"tenant_ids" jsonb NOT NULL,
	"step" text DEFAULT 'holders' NOT NULL,
	"looked_at" jsonb,
	"deleted" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "connection_deletions_organisation_id_connection_id_pk" PRIMARY KEY("organisation_id","connection_id"),
	CONSTRAINT "connection_deletions_step" CHECK (step in ('holders', 'group_members', 'group_nesting', 'group_owners', 'connection_groups', 'deny_assignments', 'assignments', 'sync_runs', 'principals', 'role_definitions', 'connection'))
);
--> statement-breakpoint
ALTER TABLE "connections" DROP CONSTRAINT "connections_state";--> statement-breakpoint
ALTER TABLE "connection_deletions" ADD CONSTRAINT "connection_deletions_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_deleting_show_nothing" CHECK (state <> 'deleting' or published_at is null);--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_state" CHECK (state in ('active', 'reconnect_needed', 'action_needed', 'disconnected', 'deleting'));