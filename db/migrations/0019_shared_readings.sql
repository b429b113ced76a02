CREATE TABLE "directory_claims" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"fence" bigint NOT NULL,
	CONSTRAINT "directory_claims_organisation_id_account_id_pk" PRIMARY KEY("organisation_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "shared_readings" (
	"organisation_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"sign_ins" integer NOT NULL,
	"granted" text NOT NULL,
	"began_at" timestamp (3) with time zone NOT NULL,
	"content" "bytea" NOT NULL,
	"remembered" "bytea",
	CONSTRAINT "shared_readings_organisation_id_account_id_id_pk" PRIMARY KEY("organisation_id","account_id","id")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "directory_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "directory_claims" ADD CONSTRAINT "directory_claims_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shared_readings" ADD CONSTRAINT "shared_readings_organisation_id_account_id_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT hold_rows_to_organisation('directory_claims');--> statement-breakpoint
SELECT hold_rows_to_organisation('shared_readings');
