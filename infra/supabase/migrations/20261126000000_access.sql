-- Who may read the marts when it is not the database's own user who asks: the signed-in owner, known by e-mail.
-- The policies of the marts, which dbt puts on its tables, ask raw.is_owner(); each transform writes raw.owners.
-- Additive and repeatable like the migrations before it.

create table if not exists raw.owners (
    email text primary key check (email <> '' and email = lower(email))
);
alter table raw.owners enable row level security;
comment on table raw.owners is 'Who may read the marts on Supabase: the e-mails of WEBHOOK_ALLOWED_EMAILS, in lower case.';

-- Runs as its owner: whoever asks may not read raw. The claims are those of a Supabase access token, which PostgREST
-- has verified. user_metadata is not asked: users write it themselves, and could write anybody's e-mail.
create or replace function raw.is_owner() returns boolean
language sql stable
security definer
set search_path = ''
as $$
    select
        claims ->> 'role' is not distinct from 'authenticated'
        and coalesce(claims ->> 'is_anonymous', 'false') = 'false'
        and exists (select from raw.owners where owners.email = lower(claims ->> 'email'))
    from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb as claims) as token
$$;
comment on function raw.is_owner is 'Whether the request comes from a signed-in user who is among raw.owners.';

-- On a plain Postgres these roles do not exist.
do $$
declare
    api_role text;
begin
    revoke all on function raw.is_owner from public;
    foreach api_role in array array['anon', 'authenticated', 'service_role']
    loop
        if exists (select from pg_roles where rolname = api_role) then
            execute format('revoke all on raw.owners from %I', api_role);
            execute format('revoke all on function raw.is_owner from %I', api_role);
        end if;
    end loop;
    if exists (select from pg_roles where rolname = 'authenticated') then
        grant execute on function raw.is_owner to authenticated;
    end if;
    if exists (select from pg_roles where rolname = 'service_role') then
        grant execute on function raw.is_owner to service_role;
        grant all on raw.owners to service_role;
    end if;
end
$$;
