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
ALTER TABLE "member_sessions" DROP CONSTRAINT "member_sessions_organisation_id_member_id_members_organisation_id_id_fk";
--> statement-breakpoint
DROP INDEX "member_sessions_by_member";--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD COLUMN "session_id" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "kind" text DEFAULT 'change' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "client_address" text;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "request_id" uuid;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD COLUMN "member_state" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD COLUMN "token_hash" text NOT NULL;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD COLUMN "authenticated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD COLUMN "browser" text NOT NULL;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD COLUMN "client_address" text;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "state" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "removed_by_name" text;--> statement-breakpoint
ALTER TABLE "connection_deletions" ADD CONSTRAINT "connection_deletions_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "limit_counts_expiry" ON "limit_counts" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "limit_leases_by_name" ON "limit_leases" USING btree ("name","key");--> statement-breakpoint
CREATE INDEX "connect_attempts_by_session" ON "connect_attempts" USING btree ("organisation_id","member_id","session_id");--> statement-breakpoint
CREATE INDEX "audit_events_by_kind" ON "audit_events" USING btree ("organisation_id","kind","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_member" ON "audit_events" USING btree ("organisation_id","member_id","at");--> statement-breakpoint
CREATE INDEX "sync_runs_by_end" ON "sync_runs" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "sync_runs_with_sums" ON "sync_runs" USING btree ("finished_at") WHERE role_counts <> '{}' or signals <> '{}';--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_token_hash_unique" UNIQUE("token_hash");--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_by_member" UNIQUE("organisation_id","member_id","id");--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_by_state" UNIQUE("organisation_id","id","state");--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_deleting_show_nothing" CHECK (state <> 'deleting' or published_at is null);--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_state" CHECK (state in ('active', 'reconnect_needed', 'action_needed', 'disconnected', 'deleting'));--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_kind" CHECK (kind in ('change', 'security'));--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_of_active_members" CHECK (member_state = 'active');--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_state" CHECK (state in ('active', 'removed'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_removed" CHECK (state = 'active' or (role = 'viewer' and removed_at is not null));--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD CONSTRAINT "connect_attempts_of_a_session" FOREIGN KEY ("organisation_id","member_id","session_id") REFERENCES "public"."member_sessions"("organisation_id","member_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_of_a_member" FOREIGN KEY ("organisation_id","member_id","member_state") REFERENCES "public"."members"("organisation_id","id","state") ON DELETE cascade ON UPDATE no action;