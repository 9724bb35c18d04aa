with

figures as (

    select * from {{ ref('fct_category_day') }}

),

events as (

    select * from {{ ref('int_event_day') }}

),

targets as (

    select * from {{ ref('targets') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

categories_of_projects as (

    select * from {{ ref('dim_project_category') }}

),

seed as (

    select * from {{ ref('categories') }}

),

named as (

    select category from seed
    union
    select category from targets
    union
    select category from figures
    union
    select category from events
    union
    values ('Untracked'), ('Uncategorized')

),

own_words as (

    select *
    from (
        values
        ('Untracked', '未記録', '#dddddd', 2),
        ('Uncategorized', '未分類', '#8c8c8c', 1)
    ) as given (category, name_ja, color, place)

),

times as (

    select
        category,
        sum(actual_seconds) as seconds
    from figures
    group by category

),

project_colors as (

    select distinct on (categories_of_projects.category)
        categories_of_projects.category,
        projects.color
    from projects
    inner join categories_of_projects on categories_of_projects.project_id = projects.project_id
    where projects.color is not null
    order by
        categories_of_projects.category,
        projects.is_deleted,
        projects.is_active desc,
        projects.project_id

),

described as (

    select
        named.category,
        coalesce(seed.name_en, named.category) as name_en,
        coalesce(seed.name_ja, own_words.name_ja, named.category) as name_ja,
        lower(coalesce(seed.color, own_words.color, project_colors.color, '#8c8c8c')) as color,
        seed.sort_order,
        coalesce(max(seed.sort_order) over (), 0) as last_sort_order,
        row_number() over (
            partition by seed.sort_order is null
            order by own_words.place nulls first, times.seconds desc nulls last, named.category
        ) as place_after,
        seed.coarse_category,
        case
            when exists (select from seed as other where other.role = 'sleep') then seed.role = 'sleep'
            else lower(named.category) in ('sleep', '睡眠')
                or lower(seed.name_en) = 'sleep'
                or seed.name_ja = '睡眠'
        end as is_sleep
    from named
    left join seed on seed.category = named.category
    left join own_words on own_words.category = named.category
    left join times on times.category = named.category
    left join project_colors on project_colors.category = named.category

),

ordered as (

    select
        category,
        name_en,
        name_ja,
        color,
        coalesce(sort_order, last_sort_order + place_after)::integer as sort_order,
        coarse_category,
        coalesce(is_sleep, false) as is_sleep
    from described

)

select * from ordered
