CREATE TABLE "request_budgets" (
	"organisation_id" uuid NOT NULL,
	"budget" text NOT NULL,
	"place" text NOT NULL,
	"reader" text NOT NULL,
	"available" double precision NOT NULL,
	"counted_at" timestamp (3) with time zone NOT NULL,
	"paused_until" timestamp (3) with time zone,
	CONSTRAINT "request_budgets_organisation_id_budget_place_reader_pk" PRIMARY KEY("organisation_id","budget","place","reader"),
	CONSTRAINT "request_budgets_budget" CHECK (budget in ('arm_reads', 'arm_writes', 'graph'))
);
--> statement-breakpoint
ALTER TABLE "request_budgets" ADD CONSTRAINT "request_budgets_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT hold_rows_to_organisation('request_budgets');
