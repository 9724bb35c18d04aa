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
    {%- elif replaces == "days from the first affected" -%}
        present.day >= (select min(day) from {{ ref("int_affected_days") }})
    {%- elif replaces == "all rows" -%}
        true
    {%- else -%}
        {{ exceptions.raise_compiler_error("There is no way to replace " ~ replaces ~ ".") }}
    {%- endif -%}
{%- endmacro %}

{#- Whether two rows are equal in every column. The digest is for the planner: only a single value can be hashed. -#}
{% macro is_same_row(one, other, columns) -%}
    {%- set one_row %}row({% for column in columns %}{{ one }}.{{ column }}{{ ", " if not loop.last }}{% endfor %}){% endset -%}
    {%- set other_row %}row({% for column in columns %}{{ other }}.{{ column }}{{ ", " if not loop.last }}{% endfor %}){% endset -%}
    hash_record_extended({{ one_row }}, 0) = hash_record_extended({{ other_row }}, 0)
    and {{ one_row }} is not distinct from {{ other_row }}
{%- endmacro %}

{% macro mark_changes(target, temp, columns, is_replaced) -%}
{%- endmacro %}
