CREATE TABLE "connection_groups" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"state" text NOT NULL,
	"direct_members" integer,
	"members" integer,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "connection_groups_organisation_id_connection_id_group_id_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","group_id","valid_from"),
	CONSTRAINT "connection_groups_state" CHECK (state in ('whole', 'flat', 'not_asked', 'not_permitted', 'not_found')),
	CONSTRAINT "connection_groups_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "deny_assignments" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
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
	CONSTRAINT "deny_assignments_organisation_id_connection_id_key_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","key","valid_from"),
	CONSTRAINT "deny_assignments_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "deny_assignments_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "group_members" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"member_id" text NOT NULL,
	"member_kind" text NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_members_organisation_id_connection_id_member_id_group_id_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","member_id","group_id","valid_from"),
	CONSTRAINT "group_members_kind" CHECK (member_kind in ('user', 'group', 'service_principal', 'foreign_group', 'device', 'other')),
	CONSTRAINT "group_members_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "group_nesting" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"group_id" text NOT NULL,
	"inner_id" text NOT NULL,
	"depth" integer,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "group_nesting_organisation_id_connection_id_inner_id_group_id_valid_from_pk" PRIMARY KEY("organisation_id","connection_id","inner_id","group_id","valid_from"),
	CONSTRAINT "group_nesting_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "holders" (
	"organisation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
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
	"grants" integer NOT NULL,
	"direct" integer NOT NULL,
	"eligible" integer NOT NULL,
	"groups" integer NOT NULL,
	"signals" integer NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "holders_organisation_id_principal_id_connection_id_valid_from_pk" PRIMARY KEY("organisation_id","principal_id","connection_id","valid_from"),
	CONSTRAINT "holders_kind" CHECK (kind in ('user', 'group', 'service_principal', 'foreign_group', 'device', 'other')),
	CONSTRAINT "holders_status" CHECK (status in ('active', 'invited', 'disabled', 'deleted', 'not_found', 'not_readable', 'other_tenant')),
	CONSTRAINT "holders_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "holders_assignment_kind" CHECK (assignment_kind in ('active', 'activated', 'eligible')),
	CONSTRAINT "holders_strongest" CHECK (strongest between 1 and 6),
	CONSTRAINT "holders_interval" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
ALTER TABLE "principals" DROP CONSTRAINT "principals_status";--> statement-breakpoint
ALTER TABLE "role_definitions" DROP CONSTRAINT "role_definitions_privilege";--> statement-breakpoint
ALTER TABLE "sync_runs" DROP CONSTRAINT "sync_runs_phase";--> statement-breakpoint
ALTER TABLE "principals" ALTER COLUMN "status" SET DEFAULT 'not_readable';--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "kind" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "starts_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD COLUMN "optional_scopes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD COLUMN "granted_scopes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "optional_scopes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "management_groups" jsonb;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "variety" text;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "last_sign_in_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "role_definitions" ADD COLUMN "privileged" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "role_definitions" ADD COLUMN "owner_equivalent" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "role_definitions" ADD COLUMN "permissions" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "plan" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "signals" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "role_counts" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "others" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "connection_groups" ADD CONSTRAINT "connection_groups_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deny_assignments" ADD CONSTRAINT "deny_assignments_organisation_id_connection_id_connections_organisation_id_id_fk" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "connection_groups_one_current" ON "connection_groups" USING btree ("organisation_id","connection_id","group_id") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "deny_assignments_one_current" ON "deny_assignments" USING btree ("organisation_id","connection_id","key") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_members_one_current" ON "group_members" USING btree ("organisation_id","connection_id","group_id","member_id") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "group_nesting_one_current" ON "group_nesting" USING btree ("organisation_id","connection_id","group_id","inner_id") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "holders_one_current" ON "holders" USING btree ("organisation_id","connection_id","principal_id") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "holders_by_name" ON "holders" USING btree ("organisation_id","connection_id","kind","sort_name","principal_id");--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_held" CHECK (kind in ('active', 'activated', 'eligible'));--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_variety" CHECK (variety is null or variety in ('application', 'managed_identity', 'platform'));--> statement-breakpoint
UPDATE "principals" SET "status" = 'not_readable' WHERE "status" = 'unknown';--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_status" CHECK (status in ('active', 'invited', 'disabled', 'deleted', 'not_found', 'not_readable', 'other_tenant'));--> statement-breakpoint
ALTER TABLE "role_definitions" ADD CONSTRAINT "role_definitions_privilege" CHECK (privilege is null or privilege in ('grants_access', 'writes', 'writes_data', 'reads_data', 'reads'));--> statement-breakpoint
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_phase" CHECK (phase in ('starting', 'reading_assignments', 'reading_groups', 'reading_people', 'publishing', 'done'));--> statement-breakpoint
-- Foreign keys by the statement instead of by the row: these tables are written fifty thousand rows at a time.
CREATE FUNCTION "rows_have_their_connection"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (
		SELECT FROM (SELECT DISTINCT "organisation_id", "connection_id" FROM "added") named
		WHERE NOT EXISTS (SELECT FROM "connections" c WHERE c."organisation_id" = named."organisation_id" AND c."id" = named."connection_id")
	) THEN
		RAISE foreign_key_violation USING MESSAGE = format('a row of %I belongs to no connection', TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "group_members_have_their_connection" AFTER INSERT ON "group_members" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_connection"();--> statement-breakpoint
CREATE TRIGGER "group_nesting_has_its_connection" AFTER INSERT ON "group_nesting" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_connection"();--> statement-breakpoint
CREATE TRIGGER "holders_have_their_connection" AFTER INSERT ON "holders" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "rows_have_their_connection"();--> statement-breakpoint
CREATE FUNCTION "connection_takes_its_rows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "holders" WHERE "organisation_id" = OLD."organisation_id" AND "connection_id" = OLD."id";
	DELETE FROM "group_members" WHERE "organisation_id" = OLD."organisation_id" AND "connection_id" = OLD."id";
	DELETE FROM "group_nesting" WHERE "organisation_id" = OLD."organisation_id" AND "connection_id" = OLD."id";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "connections_take_their_rows" AFTER DELETE ON "connections" FOR EACH ROW EXECUTE FUNCTION "connection_takes_its_rows"();--> statement-breakpoint
-- What is published stays visible until the next sync, which is due at once: lists read holders from now on.
INSERT INTO "holders" ("organisation_id", "connection_id", "tenant_id", "principal_id", "kind", "status", "guest", "sort_name",
	"strongest", "role_id", "scope", "scope_level", "assignment_kind", "grants", "direct", "eligible", "groups", "signals", "valid_from")
SELECT DISTINCT ON (held."organisation_id", held."connection_id", held."principal_id") held.*, 0, 0, 0, connections."published_at"
FROM (
	SELECT a."organisation_id", a."connection_id", a."tenant_id", a."principal_id", a."principal_kind",
		coalesce(p."status", 'not_readable'), coalesce(p."guest", false), coalesce(p."sort_name", a."principal_id"),
		CASE r."privilege" WHEN 'grants_access' THEN 1 WHEN 'writes' THEN 2 WHEN 'writes_data' THEN 3 WHEN 'reads_data' THEN 4 WHEN 'reads' THEN 5 ELSE 6 END AS "strongest",
		a."role_id", a."scope", a."scope_level", 'active',
		count(*) OVER (PARTITION BY a."organisation_id", a."connection_id", a."principal_id")::int AS "grants",
		count(*) OVER (PARTITION BY a."organisation_id", a."connection_id", a."principal_id")::int AS "direct"
	FROM "assignments" a
	LEFT JOIN "principals" p ON p."organisation_id" = a."organisation_id" AND p."tenant_id" = a."tenant_id" AND p."id" = a."principal_id"
	LEFT JOIN "role_definitions" r ON r."organisation_id" = a."organisation_id" AND r."tenant_id" = a."tenant_id" AND r."id" = a."role_id"
	WHERE a."valid_to" IS NULL
) held
JOIN "connections" ON connections."organisation_id" = held."organisation_id" AND connections."id" = held."connection_id" AND connections."published_at" IS NOT NULL
ORDER BY held."organisation_id", held."connection_id", held."principal_id", held."strongest", held."scope", held."role_id";--> statement-breakpoint
UPDATE "connections" SET "next_sync_at" = now() WHERE "state" = 'active' AND "schedule" <> 'off' AND "published_at" IS NOT NULL;
