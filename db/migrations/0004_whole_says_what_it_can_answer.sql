CREATE TABLE "group_owners" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"owner_kind" text NOT NULL,
	"ownership" text NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_owners_organisation_id_connection_id_owner_id_group_id_ownership_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","owner_id","group_id","ownership","valid_from"),
	CONSTRAINT "group_owners_kind" CHECK (owner_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "group_owners_ownership" CHECK (ownership in ('active', 'activated', 'eligible')),
	CONSTRAINT "group_owners_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
ALTER TABLE "assignments" DROP CONSTRAINT "assignments_kind";--> statement-breakpoint
ALTER TABLE "connection_groups" DROP CONSTRAINT "connection_groups_state";--> statement-breakpoint
ALTER TABLE "group_members" DROP CONSTRAINT "group_members_kind";--> statement-breakpoint
ALTER TABLE "holders" DROP CONSTRAINT "holders_kind";--> statement-breakpoint
ALTER TABLE "holders" DROP CONSTRAINT "holders_status";--> statement-breakpoint
ALTER TABLE "principals" DROP CONSTRAINT "principals_kind";--> statement-breakpoint
ALTER TABLE "principals" DROP CONSTRAINT "principals_status";--> statement-breakpoint
ALTER TABLE "principals" DROP CONSTRAINT "principals_variety";--> statement-breakpoint
DROP INDEX "group_members_one_current";--> statement-breakpoint
DROP INDEX "group_nesting_one_current";--> statement-breakpoint
ALTER TABLE "group_members" DROP CONSTRAINT "group_members_organisation_id_connection_id_member_id_group_id_valid_from_pk";--> statement-breakpoint
ALTER TABLE "group_nesting" DROP CONSTRAINT "group_nesting_organisation_id_connection_id_inner_id_group_id_valid_from_pk";--> statement-breakpoint
ALTER TABLE "connection_groups" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "group_members" ADD COLUMN "membership" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "group_members" ADD COLUMN "ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "group_nesting" ADD COLUMN "membership" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "group_nesting" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "holders" ADD COLUMN "unread_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "email_source" text;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "missing_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "organisation" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "unread" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_organisation_id_connection_id_member_id_group_id_membership_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","member_id","group_id","membership","valid_from");--> statement-breakpoint
ALTER TABLE "group_nesting" ADD CONSTRAINT "group_nesting_organisation_id_connection_id_inner_id_group_id_membership_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","inner_id","group_id","membership","valid_from");--> statement-breakpoint
ALTER TABLE "group_owners" ADD CONSTRAINT "group_owners_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "group_owners_one_current" ON "group_owners" USING btree ("organisation_id","connection_id","group_id","owner_id","ownership") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_members_one_current" ON "group_members" USING btree ("organisation_id","connection_id","group_id","member_id","membership") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_nesting_one_current" ON "group_nesting" USING btree ("organisation_id","connection_id","group_id","inner_id","membership") WHERE valid_to is null;--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_kind" CHECK (principal_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other'));--> statement-breakpoint
ALTER TABLE "connection_groups" ADD CONSTRAINT "connection_groups_state" CHECK (state in ('whole', 'partly', 'flat', 'not_asked', 'not_permitted', 'not_readable', 'not_found'));--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_membership" CHECK (membership in ('active', 'activated', 'eligible'));--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_kind" CHECK (member_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other'));--> statement-breakpoint
ALTER TABLE "group_nesting" ADD CONSTRAINT "group_nesting_membership" CHECK (membership in ('active', 'activated', 'eligible'));--> statement-breakpoint
ALTER TABLE "holders" ADD CONSTRAINT "holders_kind" CHECK (kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other'));--> statement-breakpoint
ALTER TABLE "holders" ADD CONSTRAINT "holders_status" CHECK (status in ('active', 'invited', 'disabled', 'deleted', 'not_found', 'unconfirmed', 'not_readable', 'other_tenant'));--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_email_source" CHECK (email_source is null or email_source in ('mail', 'other_mail', 'decoded', 'user_principal_name'));--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_kind" CHECK (kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other'));--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_status" CHECK (status in ('active', 'invited', 'disabled', 'deleted', 'not_found', 'unconfirmed', 'not_readable', 'other_tenant'));--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_variety" CHECK (variety is null or variety in ('application', 'managed_identity', 'platform', 'agent'));--> statement-breakpoint
-- A count of a signal was one number and is now that of the people and that of the others. What was counted before was mostly people.
UPDATE "sync_runs" SET "signals" = (
	SELECT jsonb_object_agg(key, jsonb_build_object('people', value, 'others', 0)) FROM jsonb_each("signals")
) WHERE "signals" <> '{}';--> statement-breakpoint
UPDATE "sync_runs" SET "role_counts" = (
	SELECT jsonb_object_agg(key, value || '{"eligibleOthers": 0}') FROM jsonb_each("role_counts")
) WHERE "role_counts" <> '{}';--> statement-breakpoint
-- What can be seen is judged anew, so every connection that is read by a schedule is read at once.
UPDATE "connections" SET "next_sync_at" = now() WHERE "state" = 'active' AND "schedule" <> 'off' AND "published_at" IS NOT NULL;
