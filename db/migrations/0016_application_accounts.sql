CREATE TABLE "application_drafts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid,
	"tenant_id" text NOT NULL,
	"client_id" text,
	"credential" text NOT NULL,
	"certificate" text,
	"credential_expires_at" timestamp (3) with time zone,
	"sealed" text NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "application_drafts_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "application_drafts_credential" CHECK (credential in ('certificate', 'federated', 'managed_identity', 'secret'))
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "kind" text DEFAULT 'person' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "credential" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "credential_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "application_drafts" ADD CONSTRAINT "application_drafts_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_drafts" ADD CONSTRAINT "application_drafts_of_an_account" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "application_drafts_by_account" ON "application_drafts" USING btree ("organisation_id","account_id");--> statement-breakpoint
CREATE INDEX "application_drafts_expiry" ON "application_drafts" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_kind" CHECK (kind in ('person', 'application'));--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_credential" CHECK (credential in ('certificate', 'federated', 'managed_identity', 'secret'));--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_application" CHECK ((kind = 'application') = (client_id is not null and credential is not null));