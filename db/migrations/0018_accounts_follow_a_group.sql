ALTER TABLE "accounts" ADD COLUMN "followed_group" jsonb;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "looked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "look_problem" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_followed_group" CHECK (follows or followed_group is null);