ALTER TABLE "members" DROP CONSTRAINT "members_state";--> statement-breakpoint
ALTER TABLE "members" DROP CONSTRAINT "members_removed";--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "join_rule" text DEFAULT 'approval' NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_removed_at" CHECK ((state = 'removed') = (removed_at is not null));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_state" CHECK (state in ('active', 'waiting', 'removed'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_removed" CHECK (state = 'active' or role = 'viewer');--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_join_rule" CHECK (join_rule in ('everyone', 'approval'));--> statement-breakpoint
-- Where people have been joining by themselves, they go on to until an owner says otherwise.
UPDATE "organisations" SET "join_rule" = 'everyone';
