CREATE TABLE "saved_views" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"member_id" uuid NOT NULL,
	"connection_id" uuid,
	"name" text NOT NULL,
	"list" text NOT NULL,
	"query" text NOT NULL,
	"shared" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "saved_views_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "saved_views_list" CHECK (list in ('people', 'others', 'all_people', 'matrix', 'changes')),
	CONSTRAINT "saved_views_connection" CHECK ((connection_id is not null) = (list in ('people', 'others'))),
	CONSTRAINT "saved_views_name" CHECK (length(name) between 1 and 90),
	CONSTRAINT "saved_views_query" CHECK (length(query) <= 4000)
);
--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_of_a_member" FOREIGN KEY ("organisation_id","member_id") REFERENCES "public"."members"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_of_a_connection" FOREIGN KEY ("organisation_id","connection_id") REFERENCES "public"."connections"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_one_per_name" ON "saved_views" USING btree ("organisation_id","member_id","list",lower("name")) WHERE connection_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_one_per_name_of_a_connection" ON "saved_views" USING btree ("organisation_id","member_id","connection_id","list",lower("name")) WHERE connection_id is not null;--> statement-breakpoint
CREATE INDEX "saved_views_by_list" ON "saved_views" USING btree ("organisation_id","connection_id","list");--> statement-breakpoint
SELECT hold_rows_to_organisation('saved_views');
