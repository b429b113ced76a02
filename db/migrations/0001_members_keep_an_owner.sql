-- An organisation keeps at least one owner from its first member on. The organisation's row is locked first, so that two owners
-- who demote each other at once are judged one after the other. "no key update" lets rows that merely refer to the
-- organisation be inserted meanwhile; a plain "for update" would deadlock with them.
CREATE FUNCTION members_keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM organisations WHERE id = OLD.organisation_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL; -- the organisation itself is being deleted
  END IF;
  IF NOT EXISTS (SELECT 1 FROM members WHERE organisation_id = OLD.organisation_id AND role = 'owner') THEN
    RAISE EXCEPTION 'an organisation must keep an owner'
      USING ERRCODE = 'check_violation', TABLE = 'members', CONSTRAINT = 'members_keep_an_owner';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER members_keep_an_owner
  AFTER DELETE OR UPDATE OF role, organisation_id ON members
  DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (OLD.role = 'owner')
  EXECUTE FUNCTION members_keep_an_owner();
