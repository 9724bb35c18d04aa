{#- The user's IANA time zone, as an SQL text. -#}
{% macro time_zone() -%}
    '{{ env_var("LIFETRACER_TIMEZONE", "Asia/Tokyo") }}'
{%- endmacro %}

{#- The country whose national holidays count, ISO 3166-1 alpha-2, as an SQL text. -#}
{% macro country() -%}
    '{{ env_var("LIFETRACER_COUNTRY", "JP") }}'
{%- endmacro %}

{#- The present, as a timestamptz; only dim_day asks for it, so that one build knows one present. -#}
{% macro now() -%}
    {%- set given = var("now", none) -%}
    {%- if given -%} timestamptz '{{ given }}' {%- else -%} statement_timestamp() {%- endif -%}
{%- endmacro %}
