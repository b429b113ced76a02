ALTER TABLE "principals" ADD COLUMN "sort_email" text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE "principals" SET "sort_email" = left(lower("email"), 120) WHERE "email" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "holders_by_role" ON "holders" USING btree ("organisation_id","node_id","kind","strongest","role_id");--> statement-breakpoint
CREATE INDEX "holders_by_scope" ON "holders" USING btree ("organisation_id","node_id","kind","scope_level","scope");--> statement-breakpoint
CREATE INDEX "holders_by_status" ON "holders" USING btree ("organisation_id","node_id","kind","status") WHERE status <> 'active';--> statement-breakpoint
CREATE INDEX "holders_by_signals" ON "holders" USING btree ("organisation_id","node_id","kind","signals") WHERE signals > 0;--> statement-breakpoint
CREATE INDEX "holders_of_guests" ON "holders" USING btree ("organisation_id","node_id","kind") WHERE guest;--> statement-breakpoint
CREATE INDEX "principals_by_email" ON "principals" USING btree ("organisation_id","sort_email","sort_name","id");