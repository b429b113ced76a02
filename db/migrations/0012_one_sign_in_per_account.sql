DROP TABLE "connection_secrets" CASCADE;--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "account_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" DROP COLUMN "account_object_id";--> statement-breakpoint
ALTER TABLE "connections" DROP COLUMN "account_tenant_id";--> statement-breakpoint
ALTER TABLE "connections" DROP COLUMN "account_name";--> statement-breakpoint
ALTER TABLE "connections" DROP COLUMN "optional_scopes";