with

-- Whatever changes on a day can join a sleep of the evening before on, or part it from what followed.
since as (

    select {{ first_day_replaced('days from the one before the first affected') }} as day

),

days as (

    select * from {{ ref('dim_day') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

categories as (

    select * from {{ ref('dim_category') }} where is_sleep

),

-- A sleep that ends on one of these days may have begun before them, but then it was known to.
read_from as (

    {% if is_incremental() -%}
    select least(since.day, {{ local_date('min(known.bed_at)') }}) as day
    from since
    left join {{ this }} as known on known.day >= since.day
    group by since.day
    {%- else -%}
    select day from since
    {%- endif %}

),

asleep as (

    select
        start_at,
        end_at,
        seconds
    from owned
    -- The end that bounds nothing tells the planner to look these days up.
    where day between (select read_from.day from read_from) and 'infinity'
        and category in (select categories.category from categories)

),

in_sequence as (

    select
        *,
        start_at - lag(end_at) over (order by start_at) as gap
    from asleep

),

-- Stretches that only midnight or the next entry parts have no gap, and no setting makes one of it.
with_beginnings as (

    select
        *,
        gap is null
        or (gap > interval '0' and gap >= make_interval(secs => {{ least_sleep_gap() }})) as begins_sleep
    from in_sequence

),

numbered as (

    select
        *,
        count(*) filter (where begins_sleep) over (order by start_at) as sleep_number
    from with_beginnings

),

sleeps as (

    select
        min(start_at) as bed_at,
        max(end_at) as wake_at,
        sum(seconds)::integer as asleep_seconds,
        (count(*) filter (where gap > interval '0' and not begins_sleep))::integer as interruptions
    from numbered
    group by sleep_number

),

of_days as (

    select
        days.day,
        sleeps.*
    from sleeps
    cross join lateral {{ days_around('sleeps.wake_at', 'sleeps.wake_at') }} as around
    inner join days
        on days.day = around.day
        and days.day_start <= sleeps.wake_at
        and sleeps.wake_at < days.day_end
    where days.day >= (select since.day from since)

),

ranked as (

    select
        *,
        row_number() over (partition by day order by bed_at) as number,
        row_number() over (partition by day order by asleep_seconds desc, bed_at) as place
    from of_days

),

described as (

    select
        day,
        number::integer as number,
        case place when 1 then 'main' else 'nap' end as kind,
        bed_at,
        wake_at,
        asleep_seconds,
        {{ seconds_between('bed_at', 'wake_at') }} - asleep_seconds as awake_seconds,
        interruptions
    from ranked

)

select * from described
