CREATE TABLE "shared_readings" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"sign_ins" integer NOT NULL,
	"granted" text NOT NULL,
	"began_at" timestamp (3) with time zone,
	"content" "bytea",
	"claimed_by" uuid,
	"claimed_fence" bigint,
	CONSTRAINT "shared_readings_organisation_id_account_id_pk" PRIMARY KEY("organisation_id","account_id"),
	CONSTRAINT "shared_readings_content" CHECK ((began_at is null) = (content is null)),
	CONSTRAINT "shared_readings_claim" CHECK ((claimed_by is null) = (claimed_fence is null))
);
--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "shared_readings" ADD CONSTRAINT "shared_readings_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT hold_rows_to_organisation('shared_readings');
