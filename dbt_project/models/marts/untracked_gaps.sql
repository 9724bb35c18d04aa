with

actual as (

    select * from {{ ref('daily_timeline') }} where lane = 'actual'

),

in_sequence as (

    select
        day,
        start_at,
        end_at,
        category,
        lag(category) over (partition by day order by start_at) as after_category,
        lead(category) over (partition by day order by start_at) as before_category
    from actual

),

gaps as (

    select
        day,
        start_at,
        end_at,
        {{ seconds_between('start_at', 'end_at') }} as seconds,
        after_category,
        before_category
    from in_sequence
    where category = 'Untracked'

)

select * from gaps
