with

owned as (

    select * from {{ ref('fct_time_owned') }}

),

events as (

    select * from {{ ref('fct_calendar_event') }}

),

targets as (

    select * from {{ ref('targets') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

seed as (

    select * from {{ ref('categories') }}

),

named as (

    select category from seed
    union
    select category from targets
    union
    select category from owned
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
        sum(seconds) as seconds
    from owned
    group by category

),

project_colors as (

    select distinct on (category)
        category,
        color
    from projects
    where color is not null
    order by category, is_deleted, is_active desc, project_id

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
        seed.coarse_category
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
        coarse_category
    from described

)

select * from ordered
