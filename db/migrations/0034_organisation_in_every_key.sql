-- A database that is spread over several machines by organisation can hold a key only within an organisation. None of these keys says
-- less with the organisation in it: the ids and the hashes are of random bytes.
ALTER TABLE "feeds" DROP CONSTRAINT "feeds_one_per_id";--> statement-breakpoint
ALTER TABLE "member_sessions" DROP CONSTRAINT "member_sessions_token_hash_unique";--> statement-breakpoint
DROP INDEX "connect_attempts_state";--> statement-breakpoint
ALTER TABLE "member_sessions" DROP CONSTRAINT "member_sessions_pkey";--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_organisation_id_id_pk" PRIMARY KEY("organisation_id","id");--> statement-breakpoint
CREATE INDEX "feeds_by_id" ON "feeds" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "connect_attempts_state" ON "connect_attempts" USING btree ("organisation_id","state_hash") WHERE state_hash is not null;--> statement-breakpoint
ALTER TABLE "member_sessions" ADD CONSTRAINT "member_sessions_one_per_token" UNIQUE("token_hash","organisation_id");
