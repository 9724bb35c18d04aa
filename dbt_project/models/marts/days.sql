with

days as (

    select * from {{ ref('dim_day') }}

),

shown as (

    select
        day,
        day_start,
        day_end,
        day_seconds,
        iso_weekday,
        day_type,
        holiday_name_en,
        holiday_name_ja
    from days

)

select * from shown
