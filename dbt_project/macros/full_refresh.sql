{#- Whether tables are made anew as a whole; replaces dbt's macro of this name, which only looks for --full-refresh.

    Every table says what it says because of the models, the user's seeds and the settings. When one of them differs from
    what the last whole build had, no day is right any more, and each incremental table is made anew. So it is when a
    build like that has not come to its end. -#}
{% macro should_full_refresh() -%}
    {%- if not execute -%} {%- do return(flags.FULL_REFRESH) -%} {%- endif -%}
    {%- do return(flags.FULL_REFRESH or not is_up_to_date()) -%}
{%- endmacro %}

{#- Before the first node: a build that makes everything anew, or has to, is not to be trusted until it is through. -#}
{% macro begin_build() -%}
    {%- if execute and flags.WHICH in ["build", "run", "seed"] -%}
        {%- if flags.FULL_REFRESH or is_some_table_missing_or_emptied() -%}
            delete from {{ source("lifetracer", "warehouse_state") }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- After the last node: what a whole build has read, and nothing else, is removed from what was touched. -#}
{% macro end_build(results) -%}
    {%- if execute and flags.WHICH in ["build", "run"] and is_whole_and_good(results) -%}
        delete from {{ source("lifetracer", "touched") }}
        where id in (select id from {{ relation_of("int_touched") }})
            or what in ('day', 'project', 'title', 'calendar');
        insert into {{ source("lifetracer", "warehouse_state") }} (fingerprint) values ('{{ fingerprint() }}')
        on conflict (only_row) do update set fingerprint = excluded.fingerprint, built_at = excluded.built_at
    {%- endif -%}
{%- endmacro %}

{% macro is_up_to_date() -%}
    {%- set query -%}
        select 1 from {{ source("lifetracer", "warehouse_state") }} where fingerprint = '{{ fingerprint() }}'
    {%- endset -%}
    {%- do return(run_query(query).rows | length > 0) -%}
{%- endmacro %}

{% macro is_some_table_missing_or_emptied() -%}
    {%- set query -%}
        select 1 from {{ source("lifetracer", "touched") }} where what = 'everything'
        {%- for node in nodes_of("model") if node.config.materialized == "incremental" %}
        union all
        select 1 where to_regclass('{{ node.relation_name }}') is null
        {%- endfor %}
    {%- endset -%}
    {%- do return(run_query(query).rows | length > 0) -%}
{%- endmacro %}

{% macro is_whole_and_good(results) -%}
    {%- set selected = nodes_of("model") | rejectattr("unique_id", "in", selected_resources) -%}
    {%- set bad = results | rejectattr("status", "in", ["success", "pass", "warn", "no-op"]) -%}
    {%- do return(not (selected | list) and not (bad | list)) -%}
{%- endmacro %}

{#- A digest of all that decides what the tables say, the raw rows aside: models, seeds, macros and settings. -#}
{% macro fingerprint() -%}
    {%- set parts = [
        time_zone(), country(), var("gap_seconds"), var("plan_cutoff"), var("sleep_gap_seconds"), dbt_version
    ] -%}
    {%- for node in nodes_of("model") + nodes_of("seed") -%}
        {%- do parts.append(node.unique_id ~ node.checksum.checksum ~ tojson(node.unrendered_config)) -%}
        {%- do parts.append(node.columns.values() | map(attribute="data_type") | join(",")) -%}
    {%- endfor -%}
    {%- for name, macro in context["lifetracer"].items() | sort(attribute="0") -%}
        {%- do parts.append(macro.macro.macro_sql) -%}
    {%- endfor -%}
    {%- do return(local_md5(parts | join("\n"))) -%}
{%- endmacro %}

{% macro nodes_of(resource_type) -%}
    {%- do return(
        graph.nodes.values()
        | selectattr("resource_type", "equalto", resource_type)
        | selectattr("package_name", "equalto", project_name)
        | sort(attribute="unique_id")
        | list
    ) -%}
{%- endmacro %}

{% macro relation_of(name) -%}
    {%- do return((nodes_of("model") | selectattr("name", "equalto", name) | first).relation_name) -%}
{%- endmacro %}
