{#- The incremental strategy of every table whose rows are rebuilt in part: what the model has worked out anew takes the
    place of the rows that it stands for, and rows that came out the same stay as they are.

    dbt's own delete+insert deletes only what has a successor, so that a day which became empty would keep its old rows.
    Which rows the model stands for, its config says: meta.replaces is one of the keys below.
    meta.marks names what else has to be rebuilt where a row has changed; see mark_changes. -#}
{% macro get_incremental_replace_affected_sql(arg_dict) -%}
    {%- set target, temp = arg_dict["target_relation"], arg_dict["temp_relation"] -%}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") -%}
    {%- set columns = columns | list -%}
    {%- set is_replaced = rows_replaced(config.get("meta", {}).get("replaces", "affected days")) -%}
    {{ mark_changes(target, temp, columns, is_replaced) }}
    delete from {{ target }} as present
    where {{ is_replaced }}
        and not exists (
            select from {{ temp }} as anew where {{ is_same_row("present", "anew", columns) }}
        );
    insert into {{ target }} ({{ columns | join(", ") }})
    select {{ columns | join(", ") }} from {{ temp }} as anew
    where not exists (
        select from {{ target }} as present where {{ is_replaced }} and {{ is_same_row("present", "anew", columns) }}
    )
{%- endmacro %}

{#- The condition on rows of the table (`present`) that the model stands for. -#}
{% macro rows_replaced(replaces) -%}
    {%- if replaces == "affected days" -%}
        present.day in (select day from {{ ref("int_affected_days") }})
    {%- elif replaces in ["days from the first affected", "days from the one before the first affected"] -%}
        present.day >= {{ first_day_replaced(replaces) }}
    {%- elif replaces == "days with estimates" -%}
        present.day in (select day from {{ ref("int_estimated_days") }})
    {%- elif replaces == "touched entries" -%}
        (present.is_running or present.entry_id in (
            select key::bigint from {{ ref("int_touched") }} where what = 'entry'
        ))
    {%- elif replaces == "touched events" -%}
        present.source_id in (select key from {{ ref("int_touched") }} where what = 'event')
    {%- elif replaces == "all rows" -%}
        true
    {%- else -%}
        {{ exceptions.raise_compiler_error("There is no way to replace " ~ replaces ~ ".") }}
    {%- endif -%}
{%- endmacro %}

{#- The first of the days that a model stands for which stands for all from some day on; null where nothing is affected. -#}
{% macro first_day_replaced(replaces) -%}
    {%- set first_affected -%} (select min(day) from {{ ref("int_affected_days") }}) {%- endset -%}
    {%- if replaces == "days from the first affected" -%}
        {{ first_affected }}
    {%- else -%}
        coalesce((select max(day) from {{ ref("dim_day") }} where day < {{ first_affected }}), {{ first_affected }})
    {%- endif -%}
{%- endmacro %}

{#- Whether two rows are equal in every column. The digest is for the planner: only a single value can be hashed. -#}
{% macro is_same_row(one, other, columns) -%}
    {%- set one_row = "row(" ~ one ~ "." ~ columns | join(", " ~ one ~ ".") ~ ")" -%}
    {%- set other_row = "row(" ~ other ~ "." ~ columns | join(", " ~ other ~ ".") ~ ")" -%}
    hash_record_extended({{ one_row }}, 0) = hash_record_extended({{ other_row }}, 0)
    and {{ one_row }} is not distinct from {{ other_row }}
{%- endmacro %}

{#- Before rows are replaced: touches what depends on those that come out differently. meta.marks says by which column
    it is known: {day: day} touches days, {project: project_id, title: name} projects and titles. -#}
{% macro mark_changes(target, temp, columns, is_replaced) -%}
    {%- set marks = config.get("meta", {}).get("marks", {}) -%}
    {%- set list = columns | join(", ") -%}
    {%- if marks -%}
    insert into {{ source("lifetracer", "touched") }} (what, key)
    select distinct mark.what, mark.key
    from (
        (select {{ list }} from {{ target }} as present except select {{ list }} from {{ temp }})
        union all
        (select {{ list }} from {{ temp }} except select {{ list }} from {{ target }} as present)
    ) as changed
    cross join lateral (
        values {% for what, column in marks.items() -%}
            ('{{ what }}', changed.{{ column }}::text){{ ", " if not loop.last }}
        {%- endfor %}
    ) as mark (what, key)
    where mark.key is not null;
    {%- endif -%}
{%- endmacro %}
