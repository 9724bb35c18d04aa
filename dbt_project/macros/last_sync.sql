{#- When a source was last read to its end: a source that is quiet is not stale, one that nobody reads is. Without a name
    all sources are asked, and the one that lags most counts. What the user has not set up is never stale. -#}
{% macro last_sync(source_name=none) -%}
    select coalesce(min(coalesce(synced_at, 'epoch')), statement_timestamp())
    from {{ source("lifetracer", "sync_state") }}
    where stream = 'all' and configured {% if source_name is not none -%} and source = '{{ source_name }}' {%- endif %}
{%- endmacro %}
