with

actual as (

    select * from {{ ref('daily_timeline') }} where lane = 'actual'

),

summed as (

    select
        day,
        social,
        sum({{ seconds_between('start_at', 'end_at') }})::integer as actual_seconds
    from actual
    group by day, social

)

select * from summed
