{#- After a table was filled: a table that was made a moment ago has no statistics, and the planner guesses badly. Those
    that only change a little are seen to by autovacuum. -#}
{% macro analyze_when_new() -%}
    {%- if model.config.materialized != "view" -%}
    do $$
    begin
        if (select reltuples < 0 from pg_class where oid = '{{ this }}'::regclass) then
            analyze {{ this }};
        end if;
    end
    $$
    {%- endif -%}
{%- endmacro %}
