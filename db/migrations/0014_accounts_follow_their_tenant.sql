ALTER TABLE "accounts" ADD COLUMN "follows" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "next_look_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "excluded_subscription_ids" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "accounts_due" ON "accounts" USING btree ("next_look_at");--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_look" CHECK (follows = (next_look_at is not null));