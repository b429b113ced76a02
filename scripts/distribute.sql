-- Spreads the tables of Rolecall over the nodes of a Citus cluster, by organisation. Run it once, on the coordinator, as a superuser, in
-- the migrated database, before anything else works with it:
--
--   psql -v ON_ERROR_STOP=1 -f scripts/distribute.sql 'postgres://…@coordinator/rolecall'
--
-- docs/operating.md, "More than one database machine", says what has to be there before, and what of this was not tried.

begin;

-- The setting that says whose rows a statement may see has to reach the nodes: without this they show none, and say nothing of it.
-- Triggers look at rows of their own organisation in other tables, which lie on the same node.
select run_command_on_all_nodes(format('alter database %I set %s', current_database(), setting))
from unnest(array[
  'citus.propagate_set_commands = ''local''',
  'citus.enable_unsafe_triggers = on',
  'citus.allow_nested_distributed_execution = on'
]) as setting;

-- The same for this transaction. Rows that are there already are copied to the nodes, so it has to see those of every organisation.
set local citus.propagate_set_commands = 'local';
set local citus.enable_unsafe_triggers = on;
set local citus.allow_nested_distributed_execution = on;
set local citus.multi_shard_modify_mode = 'sequential';
set local rolecall.every_organisation = 'on';

-- Every node has all organisations, because the rows of every other table refer to them.
select create_reference_table('organisations');

-- A table comes after those that its rows refer to. All have the organisation in the same shards as `members`.
select create_distributed_table('members', 'organisation_id', colocate_with => 'none');
select create_distributed_table('member_sessions', 'organisation_id', colocate_with => 'members');
select create_distributed_table('audit_events', 'organisation_id', colocate_with => 'members');
select create_distributed_table('invitations', 'organisation_id', colocate_with => 'members');
select create_distributed_table('request_budgets', 'organisation_id', colocate_with => 'members');
select create_distributed_table('role_definitions', 'organisation_id', colocate_with => 'members');
select create_distributed_table('principals', 'organisation_id', colocate_with => 'members');
select create_distributed_table('feeds', 'organisation_id', colocate_with => 'members');
select create_distributed_table('prepared_exports', 'organisation_id', colocate_with => 'members');
select create_distributed_table('prepared_pieces', 'organisation_id', colocate_with => 'members');
select create_distributed_table('accounts', 'organisation_id', colocate_with => 'members');
select create_distributed_table('account_secrets', 'organisation_id', colocate_with => 'members');
select create_distributed_table('application_drafts', 'organisation_id', colocate_with => 'members');
select create_distributed_table('connections', 'organisation_id', colocate_with => 'members');
select create_distributed_table('connection_deletions', 'organisation_id', colocate_with => 'members');
select create_distributed_table('saved_views', 'organisation_id', colocate_with => 'members');
select create_distributed_table('connect_attempts', 'organisation_id', colocate_with => 'members');
select create_distributed_table('sync_runs', 'organisation_id', colocate_with => 'members');
select create_distributed_table('nodes', 'organisation_id', colocate_with => 'members');
select create_distributed_table('connection_nodes', 'organisation_id', colocate_with => 'members');
select create_distributed_table('assignments', 'organisation_id', colocate_with => 'members');
select create_distributed_table('deny_assignments', 'organisation_id', colocate_with => 'members');
select create_distributed_table('holders', 'organisation_id', colocate_with => 'members');
select create_distributed_table('directory_groups', 'organisation_id', colocate_with => 'members');
select create_distributed_table('group_members', 'organisation_id', colocate_with => 'members');
select create_distributed_table('group_owners', 'organisation_id', colocate_with => 'members');
select create_distributed_table('group_nesting', 'organisation_id', colocate_with => 'members');
select create_distributed_table('directory_readings', 'organisation_id', colocate_with => 'members');
select create_distributed_table('shared_readings', 'organisation_id', colocate_with => 'members');
select create_distributed_table('directory_claims', 'organisation_id', colocate_with => 'members');
select create_distributed_table('changes', 'organisation_id', colocate_with => 'members');
select create_distributed_table('change_effects', 'organisation_id', colocate_with => 'members');

-- `limit_counts`, `limit_leases`, `signing_keys` and the schemas `drizzle` and `pgboss` stay on the coordinator alone.

commit;
