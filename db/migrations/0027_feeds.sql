CREATE TABLE "feeds" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"member_id" uuid NOT NULL,
	"member_state" text DEFAULT 'active' NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "feeds_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "feeds_one_per_id" UNIQUE("id"),
	CONSTRAINT "feeds_of_active_members" CHECK (member_state = 'active')
);
--> statement-breakpoint
ALTER TABLE "feeds" ADD CONSTRAINT "feeds_of_a_member" FOREIGN KEY ("organisation_id","member_id","member_state") REFERENCES "public"."members"("organisation_id","id","state") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feeds_by_member" ON "feeds" USING btree ("organisation_id","member_id","member_state");--> statement-breakpoint
SELECT hold_rows_to_organisation('feeds');
