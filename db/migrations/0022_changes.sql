CREATE TABLE "change_effects" (
	"organisation_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"change_id" uuid NOT NULL,
	"effect" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"people" integer NOT NULL,
	"others" integer NOT NULL,
	"grants" integer NOT NULL,
	"strongest" integer NOT NULL,
	"privileged" boolean NOT NULL,
	"role_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_level" text NOT NULL,
	"eligible" boolean NOT NULL,
	"role_ids" text[] NOT NULL,
	CONSTRAINT "change_effects_organisation_id_node_id_change_id_effect_pk" PRIMARY KEY("organisation_id","node_id","change_id","effect"),
	CONSTRAINT "change_effects_effect" CHECK (effect in ('gained', 'lost', 'altered', 'seen', 'unseen')),
	CONSTRAINT "change_effects_scope_level" CHECK (scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "change_effects_strongest" CHECK (strongest between 1 and 6)
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"after" timestamp (3) with time zone,
	"run_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"turn" text NOT NULL,
	"node_id" uuid,
	"key" text,
	"principal_id" text,
	"principal_kind" text,
	"group_id" text,
	"role_id" text,
	"scope" text,
	"scope_level" text,
	"kind" text,
	"connection_id" uuid,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"by_id" text,
	"by_name" text,
	"by_at" timestamp (3) with time zone,
	"asked_at" timestamp (3) with time zone,
	CONSTRAINT "changes_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "changes_cause" CHECK (cause in ('assignment', 'eligibility', 'activation', 'delegation', 'membership', 'group', 'role', 'person', 'move', 'reading')),
	CONSTRAINT "changes_turn" CHECK (turn in ('begun', 'ended', 'changed')),
	CONSTRAINT "changes_principal_kind" CHECK (principal_kind is null or principal_kind in ('user', 'group', 'service_principal', 'foreign_group', 'delegate', 'device', 'other')),
	CONSTRAINT "changes_scope_level" CHECK (scope_level is null or scope_level in ('root', 'management_group', 'subscription', 'resource_group', 'resource')),
	CONSTRAINT "changes_kind" CHECK (kind is null or kind in ('active', 'activated', 'eligible'))
);
--> statement-breakpoint
ALTER TABLE "connection_deletions" DROP CONSTRAINT "connection_deletions_step";--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "never_read" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "directory_groups" ADD COLUMN "never_read" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "change_effects" ADD CONSTRAINT "change_effects_organisation_id_node_id_nodes_organisation_id_id_fk" FOREIGN KEY ("organisation_id","node_id") REFERENCES "public"."nodes"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "change_effects" ADD CONSTRAINT "change_effects_organisation_id_change_id_changes_organisation_id_id_fk" FOREIGN KEY ("organisation_id","change_id") REFERENCES "public"."changes"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "changes" ADD CONSTRAINT "changes_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_effects_latest" ON "change_effects" USING btree ("organisation_id","at","change_id");--> statement-breakpoint
CREATE INDEX "change_effects_by_time" ON "change_effects" USING btree ("organisation_id","node_id","at","change_id");--> statement-breakpoint
CREATE INDEX "change_effects_of_change" ON "change_effects" USING btree ("organisation_id","change_id");--> statement-breakpoint
CREATE INDEX "changes_by_time" ON "changes" USING btree ("organisation_id","at");--> statement-breakpoint
ALTER TABLE "connection_deletions" ADD CONSTRAINT "connection_deletions_step" CHECK (step in ('connection_nodes', 'change_effects', 'changes', 'holders', 'deny_assignments', 'assignments', 'nodes', 'directory_groups', 'group_members', 'group_owners', 'group_nesting', 'sync_runs', 'principals', 'role_definitions', 'connection'));
--> statement-breakpoint
SELECT hold_rows_to_organisation('changes');--> statement-breakpoint
SELECT hold_rows_to_organisation('change_effects');--> statement-breakpoint
-- Of a node whose eligible roles or delegations no connection has read yet, nothing is known of them so far.
UPDATE nodes n SET never_read = array(
  SELECT list FROM unnest(array['eligible', 'delegations']) AS list
  WHERE EXISTS (SELECT FROM connection_nodes cn WHERE cn.organisation_id = n.organisation_id AND cn.node_id = n.id)
    AND NOT EXISTS (
      SELECT FROM connection_nodes cn
      JOIN connections c ON c.organisation_id = cn.organisation_id AND c.id = cn.connection_id
      JOIN sync_runs r ON r.organisation_id = c.organisation_id AND r.id = c.published_run_id
      CROSS JOIN LATERAL jsonb_array_elements(r.coverage) AS line
      WHERE cn.organisation_id = n.organisation_id AND cn.node_id = n.id AND line ->> 'dataset' = list
        AND (line ->> 'state' IN ('whole', 'partly') OR line ->> 'keptSince' IS NOT NULL)));--> statement-breakpoint
-- Of a list of a group likewise: what is in it when it is read first was not necessarily added just then.
UPDATE directory_groups g SET never_read = array(
  SELECT list FROM unnest(array['members', 'services', 'eligible'], array['groups', 'services_in_groups', 'eligible_members']) AS lists (list, dataset)
  WHERE (g.state NOT IN ('whole', 'partly', 'flat') OR (list <> 'members' AND (g.state = 'flat' OR NOT EXISTS (
      SELECT FROM connections c
      JOIN sync_runs r ON r.organisation_id = c.organisation_id AND r.id = c.published_run_id
      CROSS JOIN LATERAL jsonb_array_elements(r.coverage) AS line
      WHERE c.organisation_id = g.organisation_id AND c.account_id = g.account_id AND line ->> 'dataset' = dataset
        AND line ->> 'state' IN ('whole', 'partly')))))
    AND NOT EXISTS (
      SELECT FROM group_members m
      WHERE m.organisation_id = g.organisation_id AND m.account_id = g.account_id AND m.group_id = g.group_id AND m.valid_to IS NULL
        AND CASE WHEN m.membership = 'eligible' THEN 'eligible' WHEN m.member_kind = 'service_principal' THEN 'services' ELSE 'members' END = list))
WHERE g.valid_to IS NULL AND g.state <> 'not_found';
