-- Why a run opened groups its way was an English sentence; from now on it is a code with the numbers of that sentence. A sentence that no
-- version has written leaves no plan.
CREATE FUNCTION "number_before"("words" text, "sentence" text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT replace((regexp_match("sentence", '([0-9,]+) ' || "words"))[1], ',', '')::bigint
$$;--> statement-breakpoint
UPDATE "sync_runs" SET "plan" = jsonb_set("plan", '{why}', CASE
	WHEN why = 'No group holds a role here.' THEN '{"reason": "no_groups"}'
	WHEN why LIKE 'Members of % are read from the groups down.' THEN
		jsonb_build_object('reason', 'from_groups', 'groups', number_before('groups? are read', why))
	WHEN why LIKE 'The directory does not say how many people it has%' THEN '{"reason": "people_uncounted"}'
	WHEN why LIKE '%people would have to be asked one by one%' THEN
		jsonb_build_object('reason', 'too_many_people', 'users', number_before('people', why), 'calls', number_before('calls', why),
			'mostCalls', substring(why from 'more than ([0-9]+)\.$')::bigint)
	WHEN why LIKE '%people are asked which groups they are in%' THEN
		jsonb_build_object('reason', 'from_people', 'users', number_before('people', why), 'calls', number_before('calls', why))
END)
FROM (SELECT "organisation_id", "id", "plan" ->> 'why' AS why FROM "sync_runs" WHERE jsonb_typeof("plan" -> 'why') = 'string') told
WHERE told."organisation_id" = "sync_runs"."organisation_id" AND told."id" = "sync_runs"."id";--> statement-breakpoint
DROP FUNCTION "number_before"(text, text);
