ALTER TABLE "connect_attempts" ADD COLUMN "account_id" uuid;--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD CONSTRAINT "connect_attempts_of_an_account" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."accounts"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connect_attempts_by_account" ON "connect_attempts" USING btree ("organisation_id","account_id");--> statement-breakpoint
ALTER TABLE "connect_attempts" ADD CONSTRAINT "connect_attempts_one_sign_in" CHECK (account_id is null or sealed_cache is null);