#!/bin/sh
# Makes the two users of docs/operating.md, PostgreSQL, and the database that the first of them owns. The image of PostgreSQL runs
# this once, when its volume is empty.
set -eu

psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 \
  --set owner_password="$ROLECALL_OWNER_PASSWORD" --set password="$ROLECALL_PASSWORD" <<'SQL'
create role rolecall_owner login password :'owner_password';
create role rolecall login password :'password';
create database rolecall owner rolecall_owner;
SQL
