ALTER TABLE "organisations" DROP CONSTRAINT "organisations_join_rule";--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "joined_by" text;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "join_doubt" text;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "join_named" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_joined_by" CHECK (joined_by in ('everyone', 'groups', 'owner'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_join_doubt" CHECK (join_doubt in ('groups_not_told', 'in_none_named'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_no_doubt_of_removed" CHECK (state <> 'removed' or join_doubt is null);--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_join_named" CHECK ((join_rule = 'groups') = (cardinality(join_named) > 0));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_join_rule" CHECK (join_rule in ('everyone', 'groups', 'approval'));