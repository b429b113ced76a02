-- A deletion that has begun is not taken back: a part of the data is gone, and showing the rest would claim that access was removed.
CREATE FUNCTION connections_stay_deleting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a connection that is being deleted cannot be used again'
    USING ERRCODE = 'check_violation', TABLE = 'connections', CONSTRAINT = 'connections_stay_deleting';
END
$$;
--> statement-breakpoint
CREATE TRIGGER connections_stay_deleting
  BEFORE UPDATE OF state ON connections
  FOR EACH ROW WHEN (OLD.state = 'deleting' AND NEW.state <> 'deleting')
  EXECUTE FUNCTION connections_stay_deleting();
--> statement-breakpoint
-- Neither a run nor a token is given to a connection that is being deleted. The lock makes an insert that comes at the same
-- time as the request to delete wait for it, and see its outcome.
CREATE FUNCTION deleting_takes_nothing_new() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_state text;
BEGIN
  SELECT state INTO found_state FROM connections
    WHERE organisation_id = NEW.organisation_id AND id = NEW.connection_id FOR KEY SHARE;
  IF found_state = 'deleting' THEN
    RAISE EXCEPTION 'a connection that is being deleted takes no new %', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'deleting_takes_nothing_new';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER sync_runs_not_while_deleting
  BEFORE INSERT ON sync_runs FOR EACH ROW EXECUTE FUNCTION deleting_takes_nothing_new();
--> statement-breakpoint
CREATE TRIGGER connection_secrets_not_while_deleting
  BEFORE INSERT ON connection_secrets FOR EACH ROW EXECUTE FUNCTION deleting_takes_nothing_new();
