ALTER TABLE "assignments" ADD COLUMN "read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connection_groups" ADD COLUMN "services_read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connection_groups" ADD COLUMN "eligible_read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connection_groups" ADD COLUMN "owners_read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "group_members" ADD COLUMN "read_at" timestamp (3) with time zone;