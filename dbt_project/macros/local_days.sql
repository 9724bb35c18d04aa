{#- The instant at which a local date begins in the user's zone.

    Postgres reads a time that happens twice as the later of the two, but a day begins at its first 00:00. So 00:00 is
    also tried with the offset of the day before. Where 00:00 does not happen, Postgres gives the first instant after it. -#}
{% macro day_start(day) -%}
    {%- set midnight -%} {{ day }}::timestamp {%- endset -%}
    {%- set later -%} ({{ midnight }} at time zone {{ time_zone() }}) {%- endset -%}
    {%- set day_before -%} ({{ later }} - interval '24 hours') {%- endset -%}
    {%- set offset_before -%}
        (({{ day_before }} at time zone {{ time_zone() }}) - ({{ day_before }} at time zone 'UTC'))
    {%- endset -%}
    {%- set earlier -%} (({{ midnight }} - {{ offset_before }}) at time zone 'UTC') {%- endset -%}
    case
        when {{ earlier }} at time zone {{ time_zone() }} = {{ midnight }} then least({{ earlier }}, {{ later }})
        else {{ later }}
    end
{%- endmacro %}

{#- The local date that a clock in the user's zone shows at an instant. -#}
{% macro local_date(instant) -%}
    ({{ instant }} at time zone {{ time_zone() }})::date
{%- endmacro %}

{#- A set of `day`s among which are all local days that [from_at, to_at) touches: one more on either side, because where
    midnight happens twice an instant can belong to another day than the date that clocks show. -#}
{% macro days_around(from_at, to_at) -%}
    (
        select {{ local_date(from_at) }} + offset_days as day
        from generate_series(-1, {{ local_date(to_at) }} - {{ local_date(from_at) }} + 1) as offset_days
    )
{%- endmacro %}

{#- The length of [from_at, to_at) in whole seconds. -#}
{% macro seconds_between(from_at, to_at) -%}
    extract(epoch from {{ to_at }} - {{ from_at }})::integer
{%- endmacro %}

{#- The same in a sum, which may outgrow an integer on its way. -#}
{% macro total_seconds(from_at, to_at) -%}
    coalesce(sum({{ seconds_between(from_at, to_at) }}), 0)::integer
{%- endmacro %}
