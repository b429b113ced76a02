-- Earlier sessions are named by their row's id and earlier attempts belong to no session, so neither can be carried over.
-- Everybody signs in once more; an attempt lives for half an hour only.
DELETE FROM connect_attempts;
--> statement-breakpoint
DELETE FROM member_sessions;
