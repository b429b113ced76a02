-- The drafts of application accounts are held to their organisation, like every other row.
SELECT hold_rows_to_organisation('application_drafts');
