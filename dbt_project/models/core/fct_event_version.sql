-- depends_on: {{ ref('int_touched') }}

with

present as (

    select
        *,
        null::timestamptz as superseded_at
    from {{ ref('stg_gcal__events') }}

),

superseded as (

    select * from {{ ref('stg_gcal__superseded_events') }}

),

versions as (

    select * from present
    union all
    select * from superseded

),

{% if is_incremental() %}
touched as (

    select distinct key as source_id from {{ ref('int_touched') }} where what = 'event'

),

-- One by one: Postgres looks each of them up by its index, instead of typing all records there are.
wanted as (

    select version.*
    from touched
    cross join lateral (
        select * from versions where versions.source_id = touched.source_id
        offset 0
    ) as version

),
{% else %}
wanted as (

    select * from versions

),
{% endif %}

with_role as (

    select
        source_id,
        seen_at,
        tstzrange(least(seen_at, superseded_at), superseded_at) as known,
        case
            when is_declined or event_type = 'workingLocation' then null
            when is_all_day and first_day < coalesce(day_after, first_day + 1) then 'note'
            when start_at < end_at and not is_transparent and event_type <> 'birthday' then 'plan'
        end as role,
        calendar_id,
        title,
        color_id,
        -- Who marks an event private later means its earlier plans, too, even if it has been cancelled since.
        is_private or last_value(is_private) over (
            partition by source_id
            order by superseded_at, seen_at rows between unbounded preceding and unbounded following
        ) as is_private,
        start_at,
        end_at,
        first_day,
        coalesce(day_after, first_day + 1) as day_after
    from wanted

),

counting as (

    select
        source_id,
        seen_at,
        known,
        upper_inf(known) as is_present,
        role,
        calendar_id,
        title,
        color_id,
        is_private,
        case role when 'plan' then tstzrange(start_at, end_at) end as during,
        case role when 'note' then daterange(first_day, day_after) end as days
    from with_role
    where role is not null and not isempty(known)

)

select * from counting
