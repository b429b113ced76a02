CREATE TABLE "assignments" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"key" text NOT NULL,
	"tenant_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"principal_kind" text NOT NULL,
	"role_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_level" text NOT NULL,
	"condition" text,
	"created_on" timestamp (3) with time zone,
	"created_by" text,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	"from_run_id" uuid NOT NULL,
	"to_run_id" uuid,
	CONSTRAINT "assignments_organisation_id_connection_id_key_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","key","valid_from"),
	CONSTRAINT "assignments_kind" CHECK (principal_kind in ('user', 'group', 'service_principal', 'foreign_group', 'device', 'other')),
	CONSTRAINT "assignments_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "assignments_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"organisation_id" uuid NOT NULL,
	"seq" bigserial NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"member_id" uuid,
	"member_name" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "audit_events_organisation_id_seq_pk" PRIMARY KEY("organisation_id","seq")
);
--> statement-breakpoint
CREATE TABLE "connect_attempts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"member_id" uuid NOT NULL,
	"subscription_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"connection_id" uuid,
	"state_hash" text,
	"used_state_hash" text,
	"sealed_login" text,
	"login_begun_at" timestamp (3) with time zone,
	"sealed_cache" text,
	"cache_version" integer DEFAULT 0 NOT NULL,
	"account_object_id" text,
	"account_tenant_id" text,
	"account_name" text,
	"problem" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"made_connection_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "connect_attempts_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "connection_secrets" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"sealed" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connection_secrets_organisation_id_connection_id_pk" PRIMARY KEY("organisation_id","connection_id")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"integration" text DEFAULT 'azure' NOT NULL,
	"subscription_id" text NOT NULL,
	"subscription_name" text NOT NULL,
	"subscription_state" text NOT NULL,
	"tenant_id" text NOT NULL,
	"account_object_id" text NOT NULL,
	"account_tenant_id" text NOT NULL,
	"account_name" text NOT NULL,
	"label" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"state_reason" text,
	"schedule" text DEFAULT 'daily' NOT NULL,
	"next_sync_at" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"published_run_id" uuid,
	"published_at" timestamp (3) with time zone,
	"connected_by_id" uuid,
	"connected_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"disconnected_at" timestamp (3) with time zone,
	CONSTRAINT "connections_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "connections_one_per_subscription" UNIQUE("organisation_id","integration","subscription_id"),
	CONSTRAINT "connections_state" CHECK (state in ('active', 'reconnect_needed', 'action_needed', 'disconnected')),
	CONSTRAINT "connections_schedule" CHECK (schedule in ('hourly', 'every_6_hours', 'daily', 'off')),
	CONSTRAINT "connections_subscription_lower" CHECK (subscription_id = lower(subscription_id))
);
--> statement-breakpoint
CREATE TABLE "member_sessions" (
	"organisation_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "members" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"object_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	CONSTRAINT "members_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "members_one_per_account" UNIQUE("organisation_id","object_id"),
	CONSTRAINT "members_role" CHECK (role in ('owner', 'admin', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisations_tenant_id_unique" UNIQUE("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "principals" (
	"organisation_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text,
	"email" text,
	"user_principal_name" text,
	"guest" boolean DEFAULT false NOT NULL,
	"status" text DEFAULT 'unknown' NOT NULL,
	"sort_name" text NOT NULL,
	CONSTRAINT "principals_organisation_id_tenant_id_id_pk" PRIMARY KEY("organisation_id","tenant_id","id"),
	CONSTRAINT "principals_kind" CHECK (kind in ('user', 'group', 'service_principal', 'foreign_group', 'device', 'other')),
	CONSTRAINT "principals_status" CHECK (status in ('active', 'disabled', 'invited', 'deleted', 'unknown')),
	CONSTRAINT "principals_id_lower" CHECK (id = lower(id))
);
--> statement-breakpoint
CREATE TABLE "role_definitions" (
	"organisation_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text,
	"custom" boolean DEFAULT false NOT NULL,
	"description" text,
	"privilege" text,
	"sort_name" text NOT NULL,
	CONSTRAINT "role_definitions_organisation_id_tenant_id_id_pk" PRIMARY KEY("organisation_id","tenant_id","id"),
	CONSTRAINT "role_definitions_privilege" CHECK (privilege is null or privilege in ('grants_access', 'writes', 'reads_data', 'reads'))
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"trigger" text NOT NULL,
	"requested_by_id" uuid,
	"requested_by_name" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"phase" text DEFAULT 'starting' NOT NULL,
	"counters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"coverage" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"gaps" boolean DEFAULT false NOT NULL,
	"calls" integer DEFAULT 0 NOT NULL,
	"retries" integer DEFAULT 0 NOT NULL,
	"problem" jsonb,
	"gained" integer DEFAULT 0 NOT NULL,
	"lost" integer DEFAULT 0 NOT NULL,
	"people" integer DEFAULT 0 NOT NULL,
	"assignments" integer DEFAULT 0 NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"heartbeat_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "sync_runs_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "sync_runs_state" CHECK (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT "sync_runs_trigger" CHECK (trigger in ('connect', 'reconnect', 'manual', 'schedule', 'retry')),
	CONSTRAINT "sync_runs_phase" CHECK (phase in ('starting', 'reading_assignments', 'reading_people', 'publishing', 'done'))
);
--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD CONSTRAINT "connect_attempts_organisation_id_member_id_members_organisation_id_id_fk" FOREIGN KEY ("organisation_id","member_id") REFERENCES "public"."members"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD CONSTRAINT "connect_attempts_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_secrets" ADD CONSTRAINT "connection_secrets_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_organisation_id_member_id_members_organisation_id_id_fk" FOREIGN KEY ("organisation_id","member_id") REFERENCES "public"."members"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_definitions" ADD CONSTRAINT "role_definitions_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "assignments_one_current" ON "assignments" USING btree ("organisation_id","connection_id","key") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "assignments_by_principal" ON "assignments" USING btree ("organisation_id","tenant_id","principal_id");--> statement-breakpoint
CREATE INDEX "assignments_by_role" ON "assignments" USING btree ("organisation_id","connection_id","role_id");--> statement-breakpoint
CREATE UNIQUE INDEX "connect_attempts_state" ON "connect_attempts" USING btree ("state_hash") WHERE state_hash is not null;--> statement-breakpoint
CREATE INDEX "connect_attempts_expiry" ON "connect_attempts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "connections_due" ON "connections" USING btree ("next_sync_at");--> statement-breakpoint
CREATE INDEX "member_sessions_by_member" ON "member_sessions" USING btree ("organisation_id","member_id");--> statement-breakpoint
CREATE INDEX "principals_by_name" ON "principals" USING btree ("organisation_id","sort_name","id");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_one_open" ON "sync_runs" USING btree ("organisation_id","connection_id") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "sync_runs_history" ON "sync_runs" USING btree ("organisation_id","connection_id","requested_at" DESC NULLS LAST,"id");