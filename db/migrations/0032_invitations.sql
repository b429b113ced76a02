CREATE TABLE "invitations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"object_id" text,
	"username" text,
	"invited_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invitations_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "invitations_one_per_object" UNIQUE("organisation_id","object_id"),
	CONSTRAINT "invitations_one_per_username" UNIQUE("organisation_id","username"),
	CONSTRAINT "invitations_one_name" CHECK ((object_id is null) <> (username is null))
);
--> statement-breakpoint
ALTER TABLE "organisations" DROP CONSTRAINT "organisations_join_rule";--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitations_by_end" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_join_rule" CHECK (join_rule in ('everyone', 'groups', 'invitation', 'approval'));--> statement-breakpoint
SELECT hold_rows_to_organisation('invitations');
