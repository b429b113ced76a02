-- What a run read was kept for each connection. From now on every fact is kept once, where Azure keeps it: assignments, denials and
-- holders at their node (the root, a management group, a subscription), groups with their members at the account that read them.
ALTER TABLE "assignments" RENAME TO "old_assignments";--> statement-breakpoint
ALTER TABLE "deny_assignments" RENAME TO "old_deny_assignments";--> statement-breakpoint
ALTER TABLE "group_members" RENAME TO "old_group_members";--> statement-breakpoint
ALTER TABLE "group_nesting" RENAME TO "old_group_nesting";--> statement-breakpoint
ALTER TABLE "group_owners" RENAME TO "old_group_owners";--> statement-breakpoint
ALTER TABLE "holders" RENAME TO "old_holders";--> statement-breakpoint
DROP INDEX "assignments_one_current";--> statement-breakpoint
DROP INDEX "assignments_by_principal";--> statement-breakpoint
DROP INDEX "assignments_by_role";--> statement-breakpoint
DROP INDEX "deny_assignments_one_current";--> statement-breakpoint
DROP INDEX "group_members_one_current";--> statement-breakpoint
DROP INDEX "group_nesting_one_current";--> statement-breakpoint
DROP INDEX "group_owners_one_current";--> statement-breakpoint
DROP INDEX "holders_one_current";--> statement-breakpoint
DROP INDEX "holders_by_name";--> statement-breakpoint
ALTER TABLE "connection_deletions" DROP CONSTRAINT "connection_deletions_step";--> statement-breakpoint
UPDATE "connection_deletions" SET "step" = 'connection_nodes', "looked_at" = NULL;--> statement-breakpoint
ALTER TABLE "connection_deletions" ALTER COLUMN "step" SET DEFAULT 'connection_nodes';--> statement-breakpoint
ALTER TABLE "connection_deletions" ADD CONSTRAINT "connection_deletions_step" CHECK (step in ('connection_nodes', 'holders', 'deny_assignments', 'assignments', 'nodes', 'directory_groups', 'group_members', 'group_owners', 'group_nesting', 'sync_runs', 'principals', 'role_definitions', 'connection'));--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "published_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "eligible_read" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "eligible_read_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE TABLE "nodes" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"scope" text NOT NULL,
	"digest" text,
	"denials_digest" text,
	"changed_at" timestamp (3) with time zone,
	CONSTRAINT "nodes_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "nodes_one_per_scope" UNIQUE("organisation_id","account_id","scope"),
	CONSTRAINT "nodes_scope_lower" CHECK (scope = lower(scope))
);
--> statement-breakpoint
CREATE TABLE "connection_nodes" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "connection_nodes_organisation_id_connection_id_node_id_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","node_id","valid_from"),
	CONSTRAINT "connection_nodes_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "directory_groups" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"state" text NOT NULL,
	"direct_members" integer,
	"members" integer,
	"read_at" timestamp (3) with time zone,
	"services_read_at" timestamp (3) with time zone,
	"eligible_read_at" timestamp (3) with time zone,
	"owners_read_at" timestamp (3) with time zone,
	"digest" text,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "directory_groups_organisation_id_account_id_group_id_valid_from_pk" PRIMARY KEY("organisation_id","account_id","group_id","valid_from"),
	CONSTRAINT "directory_groups_state" CHECK (state in ('whole', 'partly', 'flat', 'not_asked', 'not_permitted', 'not_readable', 'not_found')),
	CONSTRAINT "directory_groups_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "directory_readings" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"began_at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp (3) with time zone NOT NULL,
	"group_ids" jsonb NOT NULL,
	CONSTRAINT "directory_readings_organisation_id_account_id_id_pk" PRIMARY KEY("organisation_id","account_id","id")
);
--> statement-breakpoint
CREATE TABLE "assignments" (
	"organisation_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"key" text NOT NULL,
	"tenant_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"principal_kind" text NOT NULL,
	"role_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_level" text NOT NULL,
	"kind" text DEFAULT 'active' NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"ends_at" timestamp (3) with time zone,
	"condition" text,
	"created_on" timestamp (3) with time zone,
	"created_by" text,
	"read_at" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	"from_run_id" uuid NOT NULL,
	"to_run_id" uuid,
	CONSTRAINT "assignments_organisation_id_node_id_key_valid_from_pk" PRIMARY KEY("organisation_id","node_id","key","valid_from"),
	CONSTRAINT "assignments_kind" CHECK (principal_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "assignments_held" CHECK (kind in ('active', 'activated', 'eligible')),
	CONSTRAINT "assignments_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "assignments_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "deny_assignments" (
	"organisation_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"scope" text NOT NULL,
	"scope_level" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"principals" jsonb NOT NULL,
	"excluded" jsonb NOT NULL,
	"spares_children" boolean NOT NULL,
	"system_protected" boolean NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "deny_assignments_organisation_id_node_id_key_valid_from_pk" PRIMARY KEY("organisation_id","node_id","key","valid_from"),
	CONSTRAINT "deny_assignments_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "deny_assignments_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "group_members" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"member_id" text NOT NULL,
	"member_kind" text NOT NULL,
	"membership" text DEFAULT 'active' NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_members_organisation_id_account_id_member_id_group_id_membership_valid_from_pk" PRIMARY KEY("organisation_id","account_id","member_id","group_id","membership","valid_from"),
	CONSTRAINT "group_members_kind" CHECK (member_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "group_members_membership" CHECK (membership in ('active', 'activated', 'eligible')),
	CONSTRAINT "group_members_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "group_nesting" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"inner_id" text NOT NULL,
	"depth" integer,
	"membership" text DEFAULT 'active' NOT NULL,
	"read_at" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_nesting_organisation_id_account_id_inner_id_group_id_membership_valid_from_pk" PRIMARY KEY("organisation_id","account_id","inner_id","group_id","membership","valid_from"),
	CONSTRAINT "group_nesting_membership" CHECK (membership in ('active', 'activated', 'eligible')),
	CONSTRAINT "group_nesting_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "group_owners" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"owner_kind" text NOT NULL,
	"ownership" text NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_owners_organisation_id_account_id_owner_id_group_id_ownership_valid_from_pk" PRIMARY KEY("organisation_id","account_id","owner_id","group_id","ownership","valid_from"),
	CONSTRAINT "group_owners_kind" CHECK (owner_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "group_owners_ownership" CHECK (ownership in ('active', 'activated', 'eligible')),
	CONSTRAINT "group_owners_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "holders" (
	"organisation_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"guest" boolean NOT NULL,
	"sort_name" text NOT NULL,
	"strongest" integer NOT NULL,
	"role_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_level" text NOT NULL,
	"assignment_kind" text NOT NULL,
	"group_id" text,
	"eligible_role_id" text,
	"eligible_strongest" integer,
	"rank" integer NOT NULL,
	"grants" integer NOT NULL,
	"direct" integer NOT NULL,
	"eligible" integer NOT NULL,
	"group_ids" text[] NOT NULL,
	"held_role_ids" text[] NOT NULL,
	"eligible_role_ids" text[] NOT NULL,
	"unread_since" timestamp (3) with time zone,
	"signals" integer NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "holders_organisation_id_principal_id_node_id_valid_from_pk" PRIMARY KEY("organisation_id","principal_id","node_id","valid_from"),
	CONSTRAINT "holders_kind" CHECK (kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "holders_status" CHECK (status in ('active', 'invited', 'disabled', 'deleted', 'not_found', 'unconfirmed', 'not_readable', 'other_tenant')),
	CONSTRAINT "holders_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "holders_assignment_kind" CHECK (assignment_kind in ('active', 'activated', 'eligible')),
	CONSTRAINT "holders_strongest" CHECK (strongest between 1 and 6),
	CONSTRAINT "holders_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
SELECT hold_rows_to_organisation('nodes');--> statement-breakpoint
SELECT hold_rows_to_organisation('connection_nodes');--> statement-breakpoint
SELECT hold_rows_to_organisation('directory_groups');--> statement-breakpoint
SELECT hold_rows_to_organisation('directory_readings');--> statement-breakpoint
SELECT hold_rows_to_organisation('assignments');--> statement-breakpoint
SELECT hold_rows_to_organisation('deny_assignments');--> statement-breakpoint
SELECT hold_rows_to_organisation('group_members');--> statement-breakpoint
SELECT hold_rows_to_organisation('group_nesting');--> statement-breakpoint
SELECT hold_rows_to_organisation('group_owners');--> statement-breakpoint
SELECT hold_rows_to_organisation('holders');--> statement-breakpoint
UPDATE "accounts" a SET "published_at" = (SELECT max(c."published_at") FROM "connections" c
	WHERE c."organisation_id" = a."organisation_id" AND c."account_id" = a."id");--> statement-breakpoint
UPDATE "connections" c SET "eligible_read" = true FROM "sync_runs" r
WHERE r."organisation_id" = c."organisation_id" AND r."id" = c."published_run_id"
	AND EXISTS (SELECT FROM jsonb_array_elements(r."coverage") line WHERE line ->> 'dataset' = 'eligible' AND line ->> 'state' IN ('whole', 'partly'));--> statement-breakpoint
-- At which nodes the published result of each connection has something.
CREATE TEMPORARY TABLE "placed" AS
SELECT DISTINCT o."organisation_id", o."connection_id", c."account_id", c."tenant_id", c."published_at", CASE o."scope_level" WHEN 'root' THEN '/' WHEN 'management_group' THEN lower(o."scope") ELSE '/subscriptions/' || c."subscription_id" END AS "node_scope"
FROM (
	SELECT "organisation_id", "connection_id", "scope", "scope_level", "valid_from", "valid_to" FROM "old_assignments"
	UNION ALL SELECT "organisation_id", "connection_id", "scope", "scope_level", "valid_from", "valid_to" FROM "old_deny_assignments"
) o JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
WHERE c."state" <> 'deleting' AND o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at");--> statement-breakpoint
INSERT INTO "placed" SELECT c."organisation_id", c."id", c."account_id", c."tenant_id", c."published_at", named."scope"
FROM "connections" c, LATERAL (VALUES ('/'), ('/subscriptions/' || c."subscription_id")) AS named ("scope")
WHERE c."published_at" IS NOT NULL AND NOT EXISTS (SELECT FROM "placed" p
	WHERE p."organisation_id" = c."organisation_id" AND p."connection_id" = c."id" AND p."node_scope" = named."scope");--> statement-breakpoint
INSERT INTO "nodes" ("organisation_id", "account_id", "tenant_id", "scope")
SELECT DISTINCT ON ("organisation_id", "account_id", "node_scope") "organisation_id", "account_id", "tenant_id", "node_scope"
FROM "placed" ORDER BY "organisation_id", "account_id", "node_scope";--> statement-breakpoint
INSERT INTO "connection_nodes" ("organisation_id", "connection_id", "node_id", "place", "valid_from")
SELECT p."organisation_id", p."connection_id", n."id",
	row_number() OVER (PARTITION BY p."organisation_id", p."connection_id" ORDER BY length(n."scope") > 1, n."scope" LIKE '/subscriptions/%', n."scope") - 1,
	least(p."published_at", coalesce((SELECT min(a."valid_from") FROM "old_assignments" a WHERE a."organisation_id" = p."organisation_id" AND a."connection_id" = p."connection_id"), p."published_at"))
FROM "placed" p JOIN "nodes" n ON n."organisation_id" = p."organisation_id" AND n."account_id" = p."account_id" AND n."scope" = p."node_scope";--> statement-breakpoint
-- Of the copies that several connections of an account have of a node, the one that was published last says what is there now. What
-- only an older one has ended before that, so that its connection goes on to show it. The next sync compares all of it with Azure.
CREATE TEMPORARY TABLE "kept_nodes" AS
SELECT DISTINCT ON (p."organisation_id", p."account_id", p."node_scope") p."organisation_id", p."account_id", p."connection_id", p."published_at", n."id" AS "node_id", p."node_scope"
FROM "placed" p JOIN "nodes" n ON n."organisation_id" = p."organisation_id" AND n."account_id" = p."account_id" AND n."scope" = p."node_scope"
ORDER BY p."organisation_id", p."account_id", p."node_scope", p."published_at" DESC, p."connection_id";--> statement-breakpoint
INSERT INTO "assignments" ("organisation_id", "node_id", "key", "tenant_id", "principal_id", "principal_kind", "role_id", "scope", "scope_level", "kind", "starts_at", "ends_at", "condition", "created_on", "created_by", "read_at", "valid_from", "valid_to", "from_run_id", "to_run_id")
SELECT DISTINCT ON (o."organisation_id", k."node_id", o."key") o."organisation_id", k."node_id", o."key", o."tenant_id", o."principal_id", o."principal_kind", o."role_id", o."scope", o."scope_level", o."kind", o."starts_at", o."ends_at", o."condition", o."created_on", o."created_by", o."read_at", min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END, o."from_run_id", CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE o."from_run_id" END
FROM "old_assignments" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_nodes" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."node_scope" = CASE o."scope_level" WHEN 'root' THEN '/' WHEN 'management_group' THEN lower(o."scope") ELSE '/subscriptions/' || c."subscription_id" END
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."node_id", o."key")
ORDER BY o."organisation_id", k."node_id", o."key", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "assignments" ("organisation_id", "node_id", "key", "tenant_id", "principal_id", "principal_kind", "role_id", "scope", "scope_level", "kind", "starts_at", "ends_at", "condition", "created_on", "created_by", "read_at", "valid_from", "valid_to", "from_run_id", "to_run_id")
SELECT o."organisation_id", k."node_id", o."key", o."tenant_id", o."principal_id", o."principal_kind", o."role_id", o."scope", o."scope_level", o."kind", o."starts_at", o."ends_at", o."condition", o."created_on", o."created_by", o."read_at", o."valid_from", o."valid_to", o."from_run_id", o."to_run_id"
FROM "old_assignments" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_nodes" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."node_scope" = CASE o."scope_level" WHEN 'root' THEN '/' WHEN 'management_group' THEN lower(o."scope") ELSE '/subscriptions/' || c."subscription_id" END
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "assignments" t WHERE t."organisation_id" = o."organisation_id" AND t."node_id" = k."node_id" AND t."key" = o."key" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
INSERT INTO "deny_assignments" ("organisation_id", "node_id", "key", "name", "description", "scope", "scope_level", "permissions", "principals", "excluded", "spares_children", "system_protected", "valid_from", "valid_to")
SELECT DISTINCT ON (o."organisation_id", k."node_id", o."key") o."organisation_id", k."node_id", o."key", o."name", o."description", o."scope", o."scope_level", o."permissions", o."principals", o."excluded", o."spares_children", o."system_protected", min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END
FROM "old_deny_assignments" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_nodes" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."node_scope" = CASE o."scope_level" WHEN 'root' THEN '/' WHEN 'management_group' THEN lower(o."scope") ELSE '/subscriptions/' || c."subscription_id" END
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."node_id", o."key")
ORDER BY o."organisation_id", k."node_id", o."key", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "deny_assignments" ("organisation_id", "node_id", "key", "name", "description", "scope", "scope_level", "permissions", "principals", "excluded", "spares_children", "system_protected", "valid_from", "valid_to")
SELECT o."organisation_id", k."node_id", o."key", o."name", o."description", o."scope", o."scope_level", o."permissions", o."principals", o."excluded", o."spares_children", o."system_protected", o."valid_from", o."valid_to"
FROM "old_deny_assignments" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_nodes" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."node_scope" = CASE o."scope_level" WHEN 'root' THEN '/' WHEN 'management_group' THEN lower(o."scope") ELSE '/subscriptions/' || c."subscription_id" END
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "deny_assignments" t WHERE t."organisation_id" = o."organisation_id" AND t."node_id" = k."node_id" AND t."key" = o."key" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
-- The same of groups: of each the copy of the connection that was published last says what is in it now.
CREATE TEMPORARY TABLE "kept_groups" AS
SELECT DISTINCT ON (o."organisation_id", c."account_id", o."group_id") o."organisation_id", o."connection_id", c."account_id", o."group_id", c."published_at"
FROM "connection_groups" o JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
WHERE c."state" <> 'deleting' AND o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
ORDER BY o."organisation_id", c."account_id", o."group_id", c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "directory_groups" ("organisation_id", "account_id", "group_id", "state", "direct_members", "members", "read_at", "services_read_at", "eligible_read_at", "owners_read_at", "digest", "valid_from", "valid_to")
SELECT DISTINCT ON (o."organisation_id", k."account_id", o."group_id") o."organisation_id", k."account_id", o."group_id", o."state", o."direct_members", o."members", o."read_at", o."services_read_at", o."eligible_read_at", o."owners_read_at", NULL, min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END
FROM "connection_groups" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."account_id", o."group_id")
ORDER BY o."organisation_id", k."account_id", o."group_id", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "directory_groups" ("organisation_id", "account_id", "group_id", "state", "direct_members", "members", "read_at", "services_read_at", "eligible_read_at", "owners_read_at", "digest", "valid_from", "valid_to")
SELECT o."organisation_id", k."account_id", o."group_id", o."state", o."direct_members", o."members", o."read_at", o."services_read_at", o."eligible_read_at", o."owners_read_at", NULL, o."valid_from", o."valid_to"
FROM "connection_groups" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "directory_groups" t WHERE t."organisation_id" = o."organisation_id" AND t."account_id" = k."account_id" AND t."group_id" = o."group_id" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
INSERT INTO "group_members" ("organisation_id", "account_id", "group_id", "member_id", "member_kind", "membership", "ends_at", "read_at", "valid_from", "valid_to")
SELECT DISTINCT ON (o."organisation_id", k."account_id", o."member_id", o."group_id", o."membership") o."organisation_id", k."account_id", o."group_id", o."member_id", o."member_kind", o."membership", o."ends_at", o."read_at", min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END
FROM "old_group_members" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."account_id", o."member_id", o."group_id", o."membership")
ORDER BY o."organisation_id", k."account_id", o."member_id", o."group_id", o."membership", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "group_members" ("organisation_id", "account_id", "group_id", "member_id", "member_kind", "membership", "ends_at", "read_at", "valid_from", "valid_to")
SELECT o."organisation_id", k."account_id", o."group_id", o."member_id", o."member_kind", o."membership", o."ends_at", o."read_at", o."valid_from", o."valid_to"
FROM "old_group_members" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "group_members" t WHERE t."organisation_id" = o."organisation_id" AND t."account_id" = k."account_id" AND t."member_id" = o."member_id" AND t."group_id" = o."group_id" AND t."membership" = o."membership" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
INSERT INTO "group_owners" ("organisation_id", "account_id", "group_id", "owner_id", "owner_kind", "ownership", "ends_at", "valid_from", "valid_to")
SELECT DISTINCT ON (o."organisation_id", k."account_id", o."owner_id", o."group_id", o."ownership") o."organisation_id", k."account_id", o."group_id", o."owner_id", o."owner_kind", o."ownership", o."ends_at", min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END
FROM "old_group_owners" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."account_id", o."owner_id", o."group_id", o."ownership")
ORDER BY o."organisation_id", k."account_id", o."owner_id", o."group_id", o."ownership", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "group_owners" ("organisation_id", "account_id", "group_id", "owner_id", "owner_kind", "ownership", "ends_at", "valid_from", "valid_to")
SELECT o."organisation_id", k."account_id", o."group_id", o."owner_id", o."owner_kind", o."ownership", o."ends_at", o."valid_from", o."valid_to"
FROM "old_group_owners" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "group_owners" t WHERE t."organisation_id" = o."organisation_id" AND t."account_id" = k."account_id" AND t."owner_id" = o."owner_id" AND t."group_id" = o."group_id" AND t."ownership" = o."ownership" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
INSERT INTO "group_nesting" ("organisation_id", "account_id", "group_id", "inner_id", "depth", "membership", "read_at", "valid_from", "valid_to")
SELECT DISTINCT ON (o."organisation_id", k."account_id", o."inner_id", o."group_id", o."membership") o."organisation_id", k."account_id", o."group_id", o."inner_id", o."depth", o."membership", o."read_at", min(o."valid_from") OVER same, CASE WHEN bool_or(o."connection_id" = k."connection_id") OVER same THEN NULL ELSE greatest(k."published_at", min(o."valid_from") OVER same + interval '1 millisecond') END
FROM "old_group_nesting" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."valid_from" <= c."published_at" AND (o."valid_to" IS NULL OR o."valid_to" > c."published_at")
WINDOW same AS (PARTITION BY o."organisation_id", k."account_id", o."inner_id", o."group_id", o."membership")
ORDER BY o."organisation_id", k."account_id", o."inner_id", o."group_id", o."membership", (o."connection_id" = k."connection_id") DESC, c."published_at" DESC, o."connection_id";--> statement-breakpoint
INSERT INTO "group_nesting" ("organisation_id", "account_id", "group_id", "inner_id", "depth", "membership", "read_at", "valid_from", "valid_to")
SELECT o."organisation_id", k."account_id", o."group_id", o."inner_id", o."depth", o."membership", o."read_at", o."valid_from", o."valid_to"
FROM "old_group_nesting" o
JOIN "connections" c ON c."organisation_id" = o."organisation_id" AND c."id" = o."connection_id"
JOIN "kept_groups" k ON k."organisation_id" = o."organisation_id" AND k."account_id" = c."account_id" AND k."group_id" = o."group_id"
WHERE o."connection_id" = k."connection_id" AND o."valid_to" <= k."published_at" AND NOT EXISTS (
	SELECT FROM "group_nesting" t WHERE t."organisation_id" = o."organisation_id" AND t."account_id" = k."account_id" AND t."inner_id" = o."inner_id" AND t."group_id" = o."group_id" AND t."membership" = o."membership" AND t."valid_from" < o."valid_to")
ON CONFLICT DO NOTHING;--> statement-breakpoint
-- Everyone stays listed: until the next sync at the node of the subscription, with what they have at all of its nodes.
INSERT INTO "holders" ("organisation_id", "node_id", "tenant_id", "principal_id", "kind", "status", "guest", "sort_name", "strongest", "role_id", "scope", "scope_level",
	"assignment_kind", "group_id", "eligible_role_id", "eligible_strongest", "rank", "grants", "direct", "eligible", "group_ids", "held_role_ids", "eligible_role_ids", "unread_since", "signals", "valid_from", "valid_to")
SELECT h."organisation_id", n."id", h."tenant_id", h."principal_id", h."kind", h."status", h."guest", h."sort_name", h."strongest", h."role_id", h."scope", h."scope_level",
	h."assignment_kind", h."group_id", h."eligible_role_id", h."eligible_strongest",
	(h."assignment_kind" = 'eligible')::int * 100000 + h."strongest" * 10000
		+ CASE h."assignment_kind" WHEN 'active' THEN 0 WHEN 'activated' THEN 1 ELSE 2 END * 1000
		+ CASE h."scope_level" WHEN 'root' THEN 0 WHEN 'management_group' THEN 1 WHEN 'subscription' THEN 2 WHEN 'resource_group' THEN 3 ELSE 4 END * 100
		+ (h."unread_since" IS NOT NULL)::int * 10 + (h."group_id" IS NOT NULL)::int,
	h."grants", h."direct", h."eligible",
	array(SELECT DISTINCT t."group_id" FROM "old_group_members" m
		JOIN "old_group_nesting" t ON t."organisation_id" = m."organisation_id" AND t."connection_id" = m."connection_id" AND t."inner_id" = m."group_id" AND t."valid_to" IS NULL
		WHERE m."organisation_id" = h."organisation_id" AND m."connection_id" = h."connection_id" AND m."member_id" = h."principal_id" AND m."valid_to" IS NULL
			AND m."member_kind" <> 'group' AND EXISTS (SELECT FROM "old_assignments" a WHERE a."organisation_id" = t."organisation_id"
				AND a."connection_id" = t."connection_id" AND a."principal_id" = t."group_id" AND a."valid_to" IS NULL)),
	CASE WHEN h."assignment_kind" = 'eligible' THEN '{}' ELSE array[h."role_id"] END,
	CASE WHEN h."assignment_kind" = 'eligible' THEN array[h."role_id"] WHEN h."eligible_role_id" IS NOT NULL THEN array[h."eligible_role_id"] ELSE '{}' END,
	h."unread_since", h."signals", h."valid_from", h."valid_to"
FROM "old_holders" h
JOIN "connections" c ON c."organisation_id" = h."organisation_id" AND c."id" = h."connection_id" AND h."valid_from" <= c."published_at" AND (h."valid_to" IS NULL OR h."valid_to" > c."published_at")
JOIN "nodes" n ON n."organisation_id" = c."organisation_id" AND n."account_id" = c."account_id" AND n."scope" = '/subscriptions/' || c."subscription_id";--> statement-breakpoint
DROP TABLE "old_holders";--> statement-breakpoint
DROP TABLE "old_group_members";--> statement-breakpoint
DROP TABLE "old_group_nesting";--> statement-breakpoint
DROP TABLE "old_group_owners";--> statement-breakpoint
DROP TABLE "connection_groups";--> statement-breakpoint
DROP TABLE "old_deny_assignments";--> statement-breakpoint
DROP TABLE "old_assignments";--> statement-breakpoint
DROP TABLE "placed";--> statement-breakpoint
DROP TABLE "kept_nodes";--> statement-breakpoint
DROP TABLE "kept_groups";--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_organisation_id_node_id_nodes_organisation_id_id_fk" FOREIGN KEY ("organisation_id","node_id") REFERENCES "public"."nodes"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_nodes" ADD CONSTRAINT "connection_nodes_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_nodes" ADD CONSTRAINT "connection_nodes_organisation_id_node_id_nodes_organisation_id_id_fk" FOREIGN KEY ("organisation_id","node_id") REFERENCES "public"."nodes"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deny_assignments" ADD CONSTRAINT "deny_assignments_organisation_id_node_id_nodes_organisation_id_id_fk" FOREIGN KEY ("organisation_id","node_id") REFERENCES "public"."nodes"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory_groups" ADD CONSTRAINT "directory_groups_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory_readings" ADD CONSTRAINT "directory_readings_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_owners" ADD CONSTRAINT "group_owners_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nodes" ADD CONSTRAINT "nodes_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "assignments_one_current" ON "assignments" USING btree ("organisation_id","node_id","key") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "assignments_by_principal" ON "assignments" USING btree ("organisation_id","principal_id","node_id");--> statement-breakpoint
CREATE INDEX "assignments_by_role" ON "assignments" USING btree ("organisation_id","node_id","role_id");--> statement-breakpoint
CREATE UNIQUE INDEX "connection_nodes_one_current" ON "connection_nodes" USING btree ("organisation_id","connection_id","node_id") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "connection_nodes_by_node" ON "connection_nodes" USING btree ("organisation_id","node_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deny_assignments_one_current" ON "deny_assignments" USING btree ("organisation_id","node_id","key") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "directory_groups_one_current" ON "directory_groups" USING btree ("organisation_id","account_id","group_id") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "group_members_by_group" ON "group_members" USING btree ("organisation_id","account_id","group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "group_members_one_current" ON "group_members" USING btree ("organisation_id","account_id","group_id","member_id","membership") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_nesting_one_current" ON "group_nesting" USING btree ("organisation_id","account_id","group_id","inner_id","membership") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_owners_one_current" ON "group_owners" USING btree ("organisation_id","account_id","group_id","owner_id","ownership") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "holders_one_current" ON "holders" USING btree ("organisation_id","node_id","principal_id") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "holders_by_name" ON "holders" USING btree ("organisation_id","node_id","kind","sort_name","principal_id");--> statement-breakpoint
DROP TRIGGER "connections_take_their_rows" ON "connections";--> statement-breakpoint
DROP FUNCTION "connection_takes_its_rows"();--> statement-breakpoint
DROP FUNCTION "rows_have_their_connection"();--> statement-breakpoint
-- Foreign keys by the statement instead of by the row: these tables are written fifty thousand rows at a time.
CREATE FUNCTION "rows_have_their_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (
		SELECT FROM (SELECT DISTINCT "organisation_id", "account_id" FROM "added") named
		WHERE NOT EXISTS (SELECT FROM "accounts" a WHERE a."organisation_id" = named."organisation_id" AND a."id" = named."account_id")
	) THEN
		RAISE foreign_key_violation USING MESSAGE = format('a row of %I belongs to no account', TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION "rows_have_their_node"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (
		SELECT FROM (SELECT DISTINCT "organisation_id", "node_id" FROM "added") named
		WHERE NOT EXISTS (SELECT FROM "nodes" n WHERE n."organisation_id" = named."organisation_id" AND n."id" = named."node_id")
	) THEN
		RAISE foreign_key_violation USING MESSAGE = format('a row of %I belongs to no node', TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "group_members_have_their_account" AFTER INSERT ON "group_members" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_account"();--> statement-breakpoint
CREATE TRIGGER "group_nesting_has_its_account" AFTER INSERT ON "group_nesting" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_account"();--> statement-breakpoint
CREATE TRIGGER "holders_have_their_node" AFTER INSERT ON "holders" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_node"();--> statement-breakpoint
CREATE FUNCTION "account_takes_its_rows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "group_members" WHERE "organisation_id" = OLD."organisation_id" AND "account_id" = OLD."id";
	DELETE FROM "group_nesting" WHERE "organisation_id" = OLD."organisation_id" AND "account_id" = OLD."id";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "accounts_take_their_rows" AFTER DELETE ON "accounts" FOR EACH ROW EXECUTE FUNCTION "account_takes_its_rows"();--> statement-breakpoint
CREATE FUNCTION "node_takes_its_rows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "holders" WHERE "organisation_id" = OLD."organisation_id" AND "node_id" = OLD."id";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "nodes_take_their_rows" AFTER DELETE ON "nodes" FOR EACH ROW EXECUTE FUNCTION "node_takes_its_rows"();--> statement-breakpoint
UPDATE "connections" SET "next_sync_at" = now() WHERE "state" = 'active' AND "schedule" <> 'off' AND "published_at" IS NOT NULL;
