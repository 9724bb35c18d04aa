-- Every version of every raw row: what it said, and from when until when we knew it so.
-- A raw table holds the present version; whatever replaces it, our sync or an older writer that knows only the five old
-- columns, the version before it goes to raw.superseded. raw.revisions shows both as one. An unchanged row adds
-- nothing.
--
-- A new source needs one line of a migration per table:  call raw.mirror('strava__activities', '{kudos_count}');
-- Additive and repeatable like the migration before it.

create table if not exists raw.mirrored_tables (
    table_name text primary key,
    volatile_keys text[] not null,
    secret_keys text[] not null
);
alter table raw.mirrored_tables enable row level security;
comment on table raw.mirrored_tables is 'The raw tables whose rows are mirrored, one row each.';
comment on column raw.mirrored_tables.volatile_keys is
    'Keys of data that move without the record changing; a row that differs only there counts as unchanged.';

comment on column raw.mirrored_tables.secret_keys is
    'Keys of data that no version keeps, should another writer have stored them.';

create table if not exists raw.superseded (
    id bigint generated always as identity primary key,
    table_name text not null,
    source_id text not null,
    data jsonb not null,
    api_version text,
    deleted_at timestamptz,
    seen_at timestamptz not null,
    superseded_at timestamptz not null
);
create index if not exists superseded_by_row on raw.superseded (table_name, source_id, seen_at);
alter table raw.superseded enable row level security;
comment on table raw.superseded is 'Versions of raw rows that are no longer the present one. Rows are only ever added.';
comment on column raw.superseded.deleted_at is 'Set when this version was a tombstone.';
comment on column raw.superseded.seen_at is 'When this version was first seen.';
comment on column raw.superseded.superseded_at is 'When the next version, or the removal of the row, was seen.';

create table if not exists raw.coverage (
    id bigint generated always as identity primary key,
    source text not null,
    stream text not null,
    during tstzrange not null,
    known_at timestamptz not null default now()
);
alter table raw.coverage enable row level security;
comment on table raw.coverage is
    'Which stretches of time a stream has been read in full, and since when: what lay in them was known from then on.';
comment on column raw.coverage.known_at is 'When the stretch had been read for the first time.';

create table if not exists raw.request_quota (
    source text not null,
    bucket text not null,
    remaining integer not null,
    resets_at timestamptz not null,
    primary key (source, bucket)
);
alter table raw.request_quota enable row level security;
comment on table raw.request_quota is 'How many requests each hourly bucket of a source still allows, shared by all runs.';
comment on column raw.request_quota.remaining is 'As the source last said, less what has been sent since.';
comment on column raw.request_quota.resets_at is 'When the bucket is full again.';

create or replace function raw.content_hash(data jsonb, volatile_keys text[]) returns text
language sql immutable parallel safe
return md5(
    (case when volatile_keys = '{}' or jsonb_typeof(data) <> 'object' then data else data - volatile_keys end)::text
);
comment on function raw.content_hash is 'A digest of what a record says, the keys aside that move without it changing.';

create or replace function raw.stamp_version() returns trigger
language plpgsql
set search_path = ''
as $$
declare
    volatile_keys text[] := tg_argv[0]::text[];
begin
    new.content_hash := raw.content_hash(new.data, volatile_keys);
    if tg_op = 'UPDATE' then
        if new.content_hash <> coalesce(old.content_hash, raw.content_hash(old.data, volatile_keys)) then
            new.seen_at := now();
        end if;
    end if;
    return new;
end
$$;
comment on function raw.stamp_version is 'Digests what a writer has stored that does not do so itself.';

-- Runs as the owner: a writer of a raw table need not be allowed to write the versions. Without nested loops, because
-- a plan that was made for a few rows is kept, and would compare each of many rows with each.
create or replace function raw.keep_replaced() returns trigger
language plpgsql
security definer
set search_path = ''
set enable_nestloop = off
as $$
declare
    volatile_keys text[] := tg_argv[0]::text[];
    secret_keys text[] := tg_argv[1]::text[];
begin
    insert into raw.superseded (table_name, source_id, data, api_version, deleted_at, seen_at, superseded_at)
    select
        tg_table_name, before.source_id, before.data - secret_keys, before.api_version, before.deleted_at,
        coalesce(before.seen_at, before.synced_at), now()
    from replaced as before
    inner join replacing as after using (source_id)
    where (before.deleted_at is null) <> (after.deleted_at is null)
        or coalesce(before.content_hash, raw.content_hash(before.data, volatile_keys)) <> after.content_hash;
    return null;
end
$$;
comment on function raw.keep_replaced is 'Keeps the versions that an update has replaced.';

create or replace function raw.keep_removed() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    secret_keys text[] := tg_argv[0]::text[];
begin
    insert into raw.superseded (table_name, source_id, data, api_version, deleted_at, seen_at, superseded_at)
    select
        tg_table_name, before.source_id, before.data - secret_keys, before.api_version, before.deleted_at,
        coalesce(before.seen_at, before.synced_at), now()
    from replaced as before;
    return null;
end
$$;
comment on function raw.keep_removed is 'Keeps the versions that a delete has removed; our own syncs never delete.';

create or replace procedure raw.show_revisions()
language plpgsql
as $$
declare
    present text;
begin
    select string_agg(
        format(
            'select %L::text as table_name, source_id, data, api_version, deleted_at,'
            ' coalesce(seen_at, synced_at) as seen_at, null::timestamptz as superseded_at from raw.%I',
            table_name, table_name
        ),
        ' union all ' order by table_name
    )
    into present
    from raw.mirrored_tables;
    execute
        'create or replace view raw.revisions with (security_invoker = true) as ' || present
        || ' union all select table_name, source_id, data, api_version, deleted_at, seen_at, superseded_at'
        ' from raw.superseded';
end
$$;
comment on procedure raw.show_revisions is 'Makes the view raw.revisions anew, of all mirrored tables.';

create or replace procedure raw.mirror(
    new_table text, volatile_keys text[] default '{}', secret_keys text[] default '{}'
)
language plpgsql
as $$
begin
    execute format(
        'create table if not exists raw.%I ('
        '    id uuid primary key default gen_random_uuid(),'
        '    source_id text not null unique,'
        '    data jsonb not null,'
        '    synced_at timestamptz not null default now(),'
        '    api_version text'
        ')',
        new_table
    );
    -- No default at first: rows that are there already have been seen whenever their writer says, not now.
    execute format(
        'alter table raw.%I'
        '    add column if not exists deleted_at timestamptz,'
        '    add column if not exists seen_at timestamptz,'
        '    add column if not exists content_hash text,'
        '    alter column seen_at set default now()',
        new_table
    );
    execute format(
        'comment on column raw.%I.deleted_at is %L', new_table,
        'When our sync saw that the source had deleted the row; null while it lives.'
    );
    execute format(
        'comment on column raw.%I.seen_at is %L', new_table,
        'When the present version, or its tombstone, was first seen; null: at synced_at.'
    );
    execute format(
        'comment on column raw.%I.content_hash is %L', new_table,
        'raw.content_hash of data; null in rows that are older than this column.'
    );
    execute format('alter table raw.%I enable row level security', new_table);
    if exists (select from pg_roles where rolname = 'service_role') then
        execute format('grant all on raw.%I to service_role', new_table);
    end if;

    insert into raw.mirrored_tables values (new_table, volatile_keys, secret_keys)
    on conflict (table_name) do update
    set volatile_keys = excluded.volatile_keys, secret_keys = excluded.secret_keys;

    execute format(
        'create or replace trigger stamp_inserted before insert on raw.%I'
        ' for each row when (new.content_hash is null) execute function raw.stamp_version(%L)',
        new_table, volatile_keys
    );
    execute format(
        'create or replace trigger stamp_updated before update on raw.%I for each row'
        ' when (new.content_hash is not distinct from old.content_hash and new.data is distinct from old.data)'
        ' execute function raw.stamp_version(%L)',
        new_table, volatile_keys
    );
    execute format(
        'create or replace trigger keep_replaced after update on raw.%I'
        ' referencing old table as replaced new table as replacing'
        ' for each statement execute function raw.keep_replaced(%L, %L)',
        new_table, volatile_keys, secret_keys
    );
    execute format(
        'create or replace trigger keep_removed after delete on raw.%I'
        ' referencing old table as replaced'
        ' for each statement execute function raw.keep_removed(%L)',
        new_table, secret_keys
    );
    call raw.show_revisions();
end
$$;
comment on procedure raw.mirror is
    'Makes a table of schema raw, or takes an existing one, and keeps every version of its rows from now on.';

call raw.mirror('toggl_track__time_entries');
call raw.mirror('toggl_track__time_entries_report');
call raw.mirror('toggl_track__me', '{}', '{api_token,intercom_hash}');
call raw.mirror('toggl_track__workspaces', '{}', '{api_token,ical_url}');
-- These move whenever time is tracked, without the project itself changing.
call raw.mirror('toggl_track__projects', '{actual_seconds,actual_hours,total_count,tasks_count,at}');
call raw.mirror('toggl_track__clients', '{total_count}');
call raw.mirror('toggl_track__tags');
call raw.mirror('toggl_track__users');
call raw.mirror('toggl_track__groups');
-- An entity tag is Google's own digest, and moves for reasons that are not among the data.
call raw.mirror('google_calendar__events', '{etag}');
call raw.mirror('google_calendar__calendar_list', '{etag}');
call raw.mirror('google_calendar__calendars', '{etag}');
call raw.mirror('google_calendar__colors');

comment on view raw.revisions is
    'Every version of every raw row. As known at T: seen_at <= T and (superseded_at is null or superseded_at > T);'
    ' deleted_at tells whether the row was a tombstone then.';

-- On Supabase service_role reads raw too; on a plain Postgres it does not exist.
do $$
begin
    if exists (select from pg_roles where rolname = 'service_role') then
        grant all on all tables in schema raw to service_role;
        grant usage on all sequences in schema raw to service_role;
    end if;
end
$$;
