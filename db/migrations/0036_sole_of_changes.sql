ALTER TABLE "change_effects" ADD COLUMN "sole_id" text;--> statement-breakpoint
ALTER TABLE "change_effects" ADD CONSTRAINT "change_effects_sole" CHECK (sole_id is null or people + others = 1);