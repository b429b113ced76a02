ALTER TABLE "members" ADD COLUMN "previous_visit_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "privileged" integer;