-- The raw layer: rows as the sources sent them, one table per kind, and how far each source has been read.
-- Additive and repeatable: it creates what is missing, adds columns that are missing, and drops or rewrites nothing,
-- so that an older sync which knows only id, source_id, data, synced_at and api_version goes on writing beside us.

create schema if not exists raw;

do $$
declare
    raw_table text;
begin
    foreach raw_table in array array[
        'toggl_track__time_entries',
        'toggl_track__time_entries_report',
        'toggl_track__me',
        'toggl_track__workspaces',
        'toggl_track__projects',
        'toggl_track__clients',
        'toggl_track__tags',
        'toggl_track__users',
        'toggl_track__groups',
        'google_calendar__events',
        'google_calendar__calendar_list',
        'google_calendar__calendars',
        'google_calendar__colors'
    ]
    loop
        execute format(
            'create table if not exists raw.%I ('
            '    id uuid primary key default gen_random_uuid(),'
            '    source_id text not null unique,'
            '    data jsonb not null,'
            '    synced_at timestamptz not null default now(),'
            '    api_version text'
            ')',
            raw_table
        );
        execute format('alter table raw.%I add column if not exists deleted_at timestamptz', raw_table);
        execute format(
            'comment on column raw.%I.deleted_at is %L',
            raw_table,
            'When our sync saw that the source had deleted the row; null while it lives.'
        );
        execute format('alter table raw.%I enable row level security', raw_table);
    end loop;
end
$$;

create table if not exists raw.sync_state (
    source text not null,
    stream text not null,
    cursor jsonb,
    synced_at timestamptz,
    configured boolean not null default true,
    attempted_at timestamptz,
    error text,
    primary key (source, stream)
);
alter table raw.sync_state enable row level security;
comment on table raw.sync_state is
    'How far each stream of each source has been read. Stream "all" speaks for the source as a whole.';
comment on column raw.sync_state.cursor is 'Where the next incremental read goes on; the stream decides its shape.';
comment on column raw.sync_state.synced_at is 'End of the last successful sync.';
comment on column raw.sync_state.configured is 'Whether the user has set this source up at present.';
comment on column raw.sync_state.attempted_at is 'When a sync was last tried, whatever became of it.';
comment on column raw.sync_state.error is 'One sentence on why the last try failed; null when it succeeded.';

create table if not exists raw.national_holidays (
    country text not null,
    day date not null,
    name_en text not null,
    name_ja text not null,
    primary key (country, day)
);
alter table raw.national_holidays enable row level security;
comment on table raw.national_holidays is 'National holidays as the holidays library knows them, loaded before each transform.';

-- On Supabase only service_role (and the owner) reads raw; on a plain Postgres these roles do not exist.
do $$
declare
    api_role text;
begin
    revoke all on schema raw from public;
    foreach api_role in array array['anon', 'authenticated']
    loop
        if exists (select from pg_roles where rolname = api_role) then
            execute format('revoke all on schema raw from %I', api_role);
            execute format('revoke all on all tables in schema raw from %I', api_role);
        end if;
    end loop;
    if exists (select from pg_roles where rolname = 'service_role') then
        grant usage on schema raw to service_role;
        grant all on all tables in schema raw to service_role;
    end if;
end
$$;
