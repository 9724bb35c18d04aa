{#- The user's IANA time zone, as an SQL text. -#}
{% macro time_zone() -%}
    '{{ env_var("LIFETRACER_TIMEZONE", "Asia/Tokyo") }}'
{%- endmacro %}

{#- The country whose national holidays count, ISO 3166-1 alpha-2, as an SQL text. -#}
{% macro country() -%}
    '{{ env_var("LIFETRACER_COUNTRY", "JP") }}'
{%- endmacro %}

{#- The time of day at which a day's plan is frozen. Without quotes YAML takes 14:30 for 870 and 14:30:00 for 52200. -#}
{% macro plan_cutoff() -%}
    {%- set given = var("plan_cutoff") -%}
    {%- if given is number -%}
        time '00:00' + interval '{{ given }} {{ "minutes" if given < 1440 else "seconds" }}'
    {%- else -%}
        time '{{ given }}'
    {%- endif -%}
{%- endmacro %}

{#- How long one has to be awake for a night to be over, in seconds; never longer than the shortest day, because sleeps are
    worked out anew from the day before the first affected one. -#}
{% macro least_sleep_gap() -%}
    {{ [var("sleep_gap_seconds") | int, 82800] | min }}
{%- endmacro %}

{#- The present, as a timestamptz; only dim_day asks for it, so that one build knows one present. -#}
{% macro now() -%}
    {%- set given = var("now", none) -%}
    {%- if given -%} timestamptz '{{ given }}' {%- else -%} statement_timestamp() {%- endif -%}
{%- endmacro %}
