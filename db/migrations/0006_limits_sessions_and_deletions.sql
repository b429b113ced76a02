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
CREATE TABLE "limit_counts" (
	"name" text NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "limit_counts_name_key_pk" PRIMARY KEY("name","key"),
	CONSTRAINT "limit_counts_positive" CHECK (count > 0)
);
--> statement-breakpoint
CREATE TABLE "limit_leases" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"key" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "connections" DROP CONSTRAINT "connections_state";--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "kind" text DEFAULT 'change' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "client_address" text;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "request_id" uuid;--> statement-breakpoint
ALTER TABLE "connection_deletions" ADD CONSTRAINT "connection_deletions_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "limit_counts_expiry" ON "limit_counts" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "limit_leases_by_name" ON "limit_leases" USING btree ("name","key");--> statement-breakpoint
CREATE INDEX "audit_events_by_kind" ON "audit_events" USING btree ("organisation_id","kind","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_member" ON "audit_events" USING btree ("organisation_id","member_id","at");--> statement-breakpoint
CREATE INDEX "sync_runs_by_end" ON "sync_runs" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "sync_runs_with_sums" ON "sync_runs" USING btree ("finished_at") WHERE role_counts <> '{}' or signals <> '{}';--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_deleting_show_nothing" CHECK (state <> 'deleting' or published_at is null);--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_state" CHECK (state in ('active', 'reconnect_needed', 'action_needed', 'disconnected', 'deleting'));--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_kind" CHECK (kind in ('change', 'security'));