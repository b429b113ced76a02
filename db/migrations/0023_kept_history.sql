DROP INDEX "holders_past";--> statement-breakpoint
DROP INDEX "sync_runs_by_end";--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "history_begins_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "history_kept" text DEFAULT '2_years' NOT NULL;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "history_pruned_to" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "history_pruned_after" text;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "history_pruning" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "assignments_past" ON "assignments" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "connection_nodes_past" ON "connection_nodes" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "deny_assignments_past" ON "deny_assignments" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "directory_groups_past" ON "directory_groups" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "group_members_past" ON "group_members" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "group_nesting_past" ON "group_nesting" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "group_owners_past" ON "group_owners" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "sync_runs_published" ON "sync_runs" USING btree ("organisation_id","connection_id","finished_at") WHERE state = 'succeeded';--> statement-breakpoint
CREATE INDEX "holders_past" ON "holders" USING btree ("organisation_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "sync_runs_by_end" ON "sync_runs" USING btree ("organisation_id","finished_at");--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_history_kept" CHECK (history_kept in ('90_days', '1_year', '2_years', '3_years', '7_years', 'for_ever'));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_history_pruned_after" CHECK (history_pruned_after in ('90_days', '1_year', '2_years', '3_years', '7_years', 'for_ever'));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_horizon" CHECK ((history_pruned_to is null) = (history_pruned_after is null));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_pruning" CHECK (history_pruned_to is not null or not history_pruning);--> statement-breakpoint
-- Until now past holders were deleted after six hours, so of earlier results only the one that is shown is whole.
UPDATE "connections" SET "history_begins_at" = "published_at";
