{#- What a record of a calendar event says, typed; the same for the present version and for those before it. -#}
{% macro event_columns() -%}
        source_id,
        data ->> '_calendar_id' as calendar_id,
        nullif(data ->> 'summary', '') as title,
        coalesce(data ->> 'eventType', 'default') as event_type,
        data ->> 'colorId' as color_id,
        data -> 'start' ->> 'dateTime' is null as is_all_day,
        date_trunc('second', (data -> 'start' ->> 'dateTime')::timestamptz) as start_at,
        date_trunc('second', (data -> 'end' ->> 'dateTime')::timestamptz) as end_at,
        (data -> 'start' ->> 'date')::date as first_day,
        (data -> 'end' ->> 'date')::date as day_after,
        coalesce(data ->> 'transparency' = 'transparent', false) as is_transparent,
        coalesce(data ->> 'visibility' in ('private', 'confidential'), false) as is_private,
        jsonb_path_exists(
            data, '$.attendees[*] ? (@.self == true && @.responseStatus == "declined")'
        ) as is_declined
{%- endmacro %}
