-- What the audit log says stays as it was written, whoever asks, until its organisation is deleted. Only the foreign key's own
-- cascade deletes from within a trigger after the organisation is gone; both are asked for, because row-level security may hide
-- an organisation that is there.
CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1
    AND NOT EXISTS (SELECT 1 FROM organisations WHERE id = OLD.organisation_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit log cannot be changed'
    USING ERRCODE = 'insufficient_privilege', TABLE = 'audit_events', CONSTRAINT = 'audit_events_stay';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_events_stay
  BEFORE UPDATE OR DELETE ON audit_events
  FOR EACH ROW EXECUTE FUNCTION audit_events_stay();
--> statement-breakpoint
CREATE TRIGGER audit_events_are_not_emptied
  BEFORE TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION audit_events_stay();
