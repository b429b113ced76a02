CREATE TABLE "prepared_exports" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"member_id" uuid NOT NULL,
	"address" text NOT NULL,
	"list" text NOT NULL,
	"label" text NOT NULL,
	"format" text NOT NULL,
	"file_name" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"problem" text,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "prepared_exports_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "prepared_exports_state" CHECK (state in ('queued', 'running', 'done', 'failed')),
	CONSTRAINT "prepared_exports_format" CHECK (format in ('xlsx', 'csv', 'jsonl'))
);
--> statement-breakpoint
CREATE TABLE "prepared_pieces" (
	"organisation_id" uuid NOT NULL,
	"export_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "prepared_pieces_organisation_id_export_id_place_pk" PRIMARY KEY("organisation_id","export_id","place")
);
--> statement-breakpoint
ALTER TABLE "prepared_exports" ADD CONSTRAINT "prepared_exports_of_a_member" FOREIGN KEY ("organisation_id","member_id") REFERENCES "public"."members"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prepared_pieces" ADD CONSTRAINT "prepared_pieces_of_an_export" FOREIGN KEY ("organisation_id","export_id") REFERENCES "public"."prepared_exports"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "prepared_exports_by_member" ON "prepared_exports" USING btree ("organisation_id","member_id","requested_at");--> statement-breakpoint
CREATE INDEX "prepared_exports_by_age" ON "prepared_exports" USING btree ("requested_at");--> statement-breakpoint
CREATE INDEX "assignments_of_groups" ON "assignments" USING btree ("organisation_id","node_id","principal_id") WHERE valid_to is null and principal_kind = 'group';
--> statement-breakpoint

SELECT hold_rows_to_organisation('prepared_exports');--> statement-breakpoint

SELECT hold_rows_to_organisation('prepared_pieces');
