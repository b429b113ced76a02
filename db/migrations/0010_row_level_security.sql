-- A second wall behind the "where organisation_id = ..." of every statement. A transaction says whose rows it may see
-- (db/visible-rows.ts); one that says nothing sees and writes none. It stops a forgotten condition, not whoever can run
-- SQL of their own, who could change the setting too. FORCE holds the tables' owner to it as well; only a superuser, or a
-- user with BYPASSRLS, is not held. Foreign keys are checked, and rows deleted by them, without these policies.
CREATE FUNCTION hold_rows_to_organisation(held regclass, organisation name DEFAULT 'organisation_id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', held);
	-- A setting that was local to an earlier transaction of the connection is empty afterwards, not missing. In a "select"
	-- of its own it is read once for a statement instead of once for each row.
	EXECUTE format('CREATE POLICY visible_rows ON %s USING (
		%I = (SELECT nullif(current_setting(''rolecall.organisation'', true), '''')::uuid)
		OR (SELECT current_setting(''rolecall.every_organisation'', true) = ''on''))', held, organisation);
END $$;--> statement-breakpoint
SELECT hold_rows_to_organisation('organisations', 'id');--> statement-breakpoint
SELECT hold_rows_to_organisation(attrelid::regclass) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'organisation_id' AND NOT attisdropped;
