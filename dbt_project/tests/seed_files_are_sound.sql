-- What the user's own files must not say, one sentence per mistake.

with

categories as (

    select * from {{ ref('categories') }}

),

mappings as (

    select * from {{ ref('category_mappings') }}

),

plan_rules as (

    select * from {{ ref('plan_rules') }}

),

targets as (

    select
        *,
        row_number() over (order by category, day_type, valid_from, valid_until) as number,
        case
            when valid_until <= valid_from then 'empty'
            else daterange(valid_from, valid_until)
        end as valid
    from {{ ref('targets') }}

)

select format('categories.csv: %s rows are for category %L', count(*), category) as mistake
from categories
group by category
having count(*) > 1 or category is null

union all

select format('categories.csv: color %L of %L is not written as #rrggbb', color, category) as mistake
from categories
where color !~ '^#[0-9a-fA-F]{6}$'

union all

select format('category_mappings.csv: %s rows are for %s %L', count(*), kind, min(key)) as mistake
from mappings
-- Colours are the same in capitals.
group by kind, case kind when 'project_color' then lower(key) else key end
having count(*) > 1

union all

select format('category_mappings.csv: %s %L has no usable kind, key or category', kind, key) as mistake
from mappings
where coalesce(kind, '') not in ('project', 'project_color', 'client', 'event_color', 'calendar')
    or key is null
    or coalesce(category, 'Untracked') = 'Untracked'

union all

select format('plan_rules.csv: %s rows have position %s', count(*), position) as mistake
from plan_rules
group by position
having count(*) > 1 or position is null

union all

select format('plan_rules.csv: rule %s has no pattern or no usable category', position) as mistake
from plan_rules
where pattern is null or coalesce(category, 'Untracked') = 'Untracked'

union all

select format('targets.csv: the target of %L has no usable day_type, direction or target_seconds', category) as mistake
from targets
where category is null
    or coalesce(day_type, 'weekday') not in ('weekday', 'holiday')
    or coalesce(direction, '') not in ('more', 'less', 'neutral')
    or (direction <> 'neutral' and target_seconds is null)
    or target_seconds < 0
    or valid_until <= valid_from

union all

select format('targets.csv: two targets of %L for the same kind of day are valid at once', former.category) as mistake
from targets as former
inner join targets as latter
    on latter.number > former.number
    and latter.category = former.category
    and latter.day_type is not distinct from former.day_type
    and latter.valid && former.valid
