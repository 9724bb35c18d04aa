with

days as (

    select * from {{ ref('dim_day') }}

),

affected as (

    select * from {{ ref('int_affected_days') }}

),

shown as (

    select
        days.day,
        days.day_start,
        days.day_end,
        days.day_seconds,
        days.iso_weekday,
        days.week,
        days.month,
        days.day_type,
        days.holiday_name_en,
        days.holiday_name_ja,
        days.is_ended
    from affected
    inner join days on days.day = affected.day

)

select * from shown
