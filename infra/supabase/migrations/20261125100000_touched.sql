-- What has changed since the warehouse was last built, so that a build works out anew only the days that it touches.
-- Triggers write it in the transaction of the change, whoever makes it, and a build that went well removes what it has
-- read. Instants, not days: what a local day is depends on the user's zone, and that is the warehouse's business.
--
-- A new table whose rows a model takes over one by one needs one line of a migration:
--     call raw.track('strava__activities', 'activity');
-- Additive and repeatable like the migrations before it.

create table if not exists raw.touched (
    id bigint generated always as identity,
    what text not null,
    key text,
    was tstzrange,
    was_days daterange,
    touched_at timestamptz not null default now()
);
alter table raw.touched enable row level security;
comment on table raw.touched is 'What has changed since the warehouse was last built.';
comment on column raw.touched.what is
    'entry or event (a row of raw), coverage (a stretch that is known now), everything (a table was emptied);'
    ' day, project, title or calendar (a build found that a row of its own came out differently).';
comment on column raw.touched.key is 'Which one: the source_id, the date, the project''s id, the title, the calendar''s id.';
comment on column raw.touched.was is 'When it took place before the change; null if it did not, or over whole days.';
comment on column raw.touched.was_days is 'Which whole days it covered before the change; null if it did not.';

create table if not exists raw.warehouse_state (
    only_row boolean primary key default true check (only_row),
    fingerprint text not null,
    built_at timestamptz not null default now()
);
alter table raw.warehouse_state enable row level security;
comment on table raw.warehouse_state is
    'Of which models, seeds and settings the warehouse was last built whole. No row: the next build makes all of it anew.';

alter table raw.mirrored_tables add column if not exists tracked_as text;
comment on column raw.mirrored_tables.tracked_as is 'The name under which changes of its rows are touched; null: not at all.';

-- A record that cannot be read took no time that anybody could have accounted for.
create or replace function raw.span_of(tracked_as text, data jsonb) returns tstzrange
language plpgsql stable
set search_path = ''
as $$
declare
    from_at timestamptz;
    to_at timestamptz;
    length float8;
begin
    case tracked_as
        when 'entry' then
            from_at := data ->> 'start';
            length := coalesce(data ->> 'duration', data ->> 'seconds');
            to_at := coalesce(
                (data ->> 'stop')::timestamptz,
                case when length >= 0 then from_at + make_interval(secs => length) else now() end
            );
        when 'event' then
            from_at := data -> 'start' ->> 'dateTime';
            to_at := data -> 'end' ->> 'dateTime';
    end case;
    return case when from_at < to_at then tstzrange(from_at, to_at) end;
exception
    when data_exception then return null;
end
$$;
comment on function raw.span_of is 'When the record of an entry (a running one: until now) or of a timed event takes place.';

create or replace function raw.days_of(tracked_as text, data jsonb) returns daterange
language plpgsql stable
set search_path = ''
as $$
declare
    first_day date := case when tracked_as = 'event' then data -> 'start' ->> 'date' end;
    day_after date := coalesce((data -> 'end' ->> 'date')::date, first_day + 1);
begin
    return case when first_day < day_after then daterange(first_day, day_after) end;
exception
    when data_exception then return null;
end
$$;
comment on function raw.days_of is 'Which days the record of an all-day event covers.';

create or replace function raw.touch_inserted() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into raw.touched (what, key) select tg_argv[0], source_id from inserted;
    return null;
end
$$;
comment on function raw.touch_inserted is 'Touches the rows that an insert has added; they took no place before.';

create or replace function raw.touch_everything() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into raw.touched (what) values ('everything');
    return null;
end
$$;
comment on function raw.touch_everything is 'Sees to a whole build after a table was emptied, which no other trigger notices.';

create or replace function raw.touch_covered() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    -- A plan can still be frozen as known only for days that have their cutoff, at most a day after their start, ahead.
    insert into raw.touched (what, key, was)
    select 'coverage', new.stream, newly_known
    from unnest(
        tstzmultirange(new.during * tstzrange(new.known_at - interval '2 days', null))
        - coalesce(
            (
                select range_agg(known.during)
                from raw.coverage as known
                where known.source = new.source and known.stream = new.stream
                    and known.during && new.during and known.id <> new.id
            ),
            '{}'
        )
    ) as newly_known;
    return null;
end
$$;
comment on function raw.touch_covered is 'Touches the stretch that a read has made known for the first time.';

-- These two take over from the functions of the same name: the same versions are kept, and the rows touched.

create or replace function raw.keep_replaced() returns trigger
language plpgsql
security definer
set search_path = ''
set enable_nestloop = off
as $$
declare
    volatile_keys text[] := tg_argv[0]::text[];
    secret_keys text[] := tg_argv[1]::text[];
    name_of_kind text := (select tracked_as from raw.mirrored_tables where table_name = tg_table_name);
begin
    with changed as (
        select before.*
        from replaced as before
        inner join replacing as after using (source_id)
        where (before.deleted_at is null) <> (after.deleted_at is null)
            or coalesce(before.content_hash, raw.content_hash(before.data, volatile_keys)) <> after.content_hash
    ),

    kept as (
        insert into raw.superseded (table_name, source_id, data, api_version, deleted_at, seen_at, superseded_at)
        select
            tg_table_name, source_id, data - secret_keys, api_version, deleted_at, coalesce(seen_at, synced_at), now()
        from changed
    )

    insert into raw.touched (what, key, was, was_days)
    select
        name_of_kind, source_id,
        case when deleted_at is null then raw.span_of(name_of_kind, data) end,
        case when deleted_at is null then raw.days_of(name_of_kind, data) end
    from changed
    where name_of_kind is not null;
    return null;
end
$$;

create or replace function raw.keep_removed() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    secret_keys text[] := tg_argv[0]::text[];
    name_of_kind text := (select tracked_as from raw.mirrored_tables where table_name = tg_table_name);
begin
    with kept as (
        insert into raw.superseded (table_name, source_id, data, api_version, deleted_at, seen_at, superseded_at)
        select
            tg_table_name, source_id, data - secret_keys, api_version, deleted_at, coalesce(seen_at, synced_at), now()
        from replaced
    )

    insert into raw.touched (what, key, was, was_days)
    select
        name_of_kind, source_id,
        case when deleted_at is null then raw.span_of(name_of_kind, data) end,
        case when deleted_at is null then raw.days_of(name_of_kind, data) end
    from replaced
    where name_of_kind is not null;
    return null;
end
$$;

create or replace function raw.stamp_turned() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.seen_at := now();
    return new;
end
$$;
comment on function raw.stamp_turned is 'Dates a tombstone, or its lifting, for a writer that does not do so itself.';

create or replace procedure raw.track(mirrored_table text, kind text)
language plpgsql
as $$
begin
    update raw.mirrored_tables set tracked_as = kind where table_name = mirrored_table;
    execute format(
        'create or replace trigger touch_inserted after insert on raw.%I'
        ' referencing new table as inserted'
        ' for each statement execute function raw.touch_inserted(%L)',
        mirrored_table, kind
    );
    execute format(
        'create or replace trigger stamp_turned before update on raw.%I for each row'
        ' when ((new.deleted_at is null) <> (old.deleted_at is null) and new.seen_at is not distinct from old.seen_at)'
        ' execute function raw.stamp_turned()',
        mirrored_table
    );
    execute format(
        'create or replace trigger touch_everything after truncate on raw.%I'
        ' for each statement execute function raw.touch_everything()',
        mirrored_table
    );
end
$$;
comment on procedure raw.track is 'Touches from now on what changes in a mirrored table.';

call raw.track('toggl_track__time_entries', 'entry');
call raw.track('toggl_track__time_entries_report', 'entry');
call raw.track('google_calendar__events', 'event');

create index if not exists coverage_by_time on raw.coverage using gist (during);
create or replace trigger touch_covered after insert on raw.coverage
for each row execute function raw.touch_covered();

-- On Supabase service_role reads raw too; on a plain Postgres it does not exist.
do $$
begin
    if exists (select from pg_roles where rolname = 'service_role') then
        grant all on raw.touched, raw.warehouse_state to service_role;
        grant usage on all sequences in schema raw to service_role;
    end if;
end
$$;
