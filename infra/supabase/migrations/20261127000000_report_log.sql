-- Which pages were made, on which data, and how each of them reached its readers. It stands among the marts, because it
-- is read as they are, but no build makes it anew: lifetracer writes it as it delivers.
-- Additive and repeatable like the migrations before it.

create schema if not exists marts;

create table if not exists marts.report_log (
    day date not null,
    edition text not null check (edition in ('daily', 'weekly', 'monthly')),
    made_at timestamptz not null,
    data_as_of timestamptz,
    checksum text not null check (checksum ~ '^[0-9a-f]{64}$'),
    channels jsonb not null default '{}',
    primary key (day, edition)
);
alter table marts.report_log enable row level security;
comment on table marts.report_log is 'One row per page: of which day, made when and on which data, and how it was delivered.';
comment on column marts.report_log.day is 'The page''s day; of a week or a month the first one.';
comment on column marts.report_log.edition is 'daily, weekly or monthly.';
comment on column marts.report_log.made_at is 'When the page was set as it is now.';
comment on column marts.report_log.data_as_of is 'When the source that is farthest behind was last read; null if one never was.';
comment on column marts.report_log.checksum is 'SHA-256 of the PDF as it is now.';
comment on column marts.report_log.channels is
    'By channel: state (delivered, failed, or skipped when a newer page went out instead), at, the checksum of the page'
    ' that it is about, and the error as a sentence.';

-- As the marts, which dbt opens to the owner. On a plain Postgres these roles do not exist.
do $$
declare
    reader text;
begin
    if not exists (select from pg_policy where polrelid = 'marts.report_log'::regclass and polname = 'owner_reads') then
        create policy owner_reads on marts.report_log for select using ((select raw.is_owner()));
    end if;
    revoke all on schema marts from public;
    revoke all on marts.report_log from public;
    for reader in select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
        execute format('revoke all on marts.report_log from %I', reader);
        if reader <> 'anon' then
            execute format('grant usage on schema marts to %I', reader);
            execute format('grant select on marts.report_log to %I', reader);
        end if;
    end loop;
end
$$;
