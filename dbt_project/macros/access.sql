{#- Before the first node: nobody but the database's own user and service_role reads anything of the layers before the
    marts, and a table that is yet to come is no exception. On a plain Postgres the roles of Supabase do not exist. -#}
{% macro guard_schemas() -%}
    {%- if execute and flags.WHICH in ["build", "run", "seed"] -%}
    do $$
    declare
        layer text;
        reader text;
    begin
        foreach layer in array array['staging', 'core', 'seeds', 'marts']
        loop
            continue when to_regnamespace(layer) is null;
            execute format('revoke all on schema %I from public', layer);
            for reader in select rolname from pg_roles where rolname in ('anon', 'authenticated')
            loop
                execute format('revoke all on schema %I from %I', layer, reader);
                execute format('alter default privileges in schema %I revoke all on tables from %I', layer, reader);
            end loop;
            if to_regrole('service_role') is not null then
                execute format('grant usage on schema %I to service_role', layer);
                execute format('grant select on all tables in schema %I to service_role', layer);
                execute format('alter default privileges in schema %I grant select on tables to service_role', layer);
            end if;
        end loop;
        if to_regrole('authenticated') is not null and to_regnamespace('marts') is not null then
            grant usage on schema marts to authenticated;
        end if;
    end
    $$
    {%- endif -%}
{%- endmacro %}

{#- After a relation of the marts was made or filled, in the same transaction: signed-in users may ask, and the policy
    shows its rows to the owner alone. A view asks on behalf of its reader, so that the policies of its tables hold. -#}
{% macro open_to_owner() -%}
    do $$
    declare
        reader text;
    begin
        {% if model.config.materialized == "view" -%}
        alter view {{ this }} set (security_invoker = true);
        {%- else -%}
        -- What is so already is left alone: each of these would wait for whoever is reading.
        if not (select relrowsecurity from pg_class where oid = '{{ this }}'::regclass) then
            alter table {{ this }} enable row level security;
        end if;
        if not exists (select from pg_policy where polrelid = '{{ this }}'::regclass and polname = 'owner_reads') then
            create policy owner_reads on {{ this }} for select using ((select raw.is_owner()));
        end if;
        {%- endif %}
        revoke all on {{ this }} from public;
        for reader in select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
        loop
            execute format('revoke all on {{ this }} from %I', reader);
            if reader <> 'anon' then
                execute format('grant select on {{ this }} to %I', reader);
            end if;
        end loop;
    end
    $$
{%- endmacro %}
