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

{#- A set of `day`s among which are all local days that [from_at, to_at) touches. It goes one date beyond what clocks
    show at the end: after a midnight that happens twice they can show the date before the day that an instant
    belongs to. -#}
{% macro days_around(from_at, to_at) -%}
    (
        select {{ local_date(from_at) }} + number as day
        from generate_series(0, {{ local_date(to_at) }} - {{ local_date(from_at) }} + 1) as number
    )
{%- endmacro %}

{#- The length of [from_at, to_at) in whole seconds. -#}
{% macro seconds_between(from_at, to_at) -%}
    extract(epoch from {{ to_at }} - {{ from_at }})::integer
{%- endmacro %}
