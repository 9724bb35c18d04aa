-- The design that came before this one, rebuilt from what its author has written about it, to be measured beside ours.
-- It stores nothing: every question goes through views over all history. It says nothing about what is right (its rules
-- for gaps, Reports rows and clock changes are not ours), only about what one day costs when it is asked for this way.

create schema earlier;

-- Records, typed. An entry that the Reports API has told of is never taken from the Track API.
create view earlier.entries as
select
    (data ->> 'id')::bigint as entry_id,
    data ->> 'description' as description,
    (data ->> 'project_id')::bigint as project_id,
    (data ->> 'start')::timestamptz as started_at,
    coalesce((data ->> 'stop')::timestamptz, now()) as stopped_at
from raw.toggl_track__time_entries_report
where deleted_at is null
union all
select
    (track.data ->> 'id')::bigint,
    track.data ->> 'description',
    (track.data ->> 'project_id')::bigint,
    (track.data ->> 'start')::timestamptz,
    coalesce((track.data ->> 'stop')::timestamptz, now())
from raw.toggl_track__time_entries as track
where track.deleted_at is null
    and not exists (
        select from raw.toggl_track__time_entries_report as report
        where report.data ->> 'id' = track.data ->> 'id'
    );

create view earlier.projects as
select
    (data ->> 'id')::bigint as project_id,
    data ->> 'name' as name,
    data ->> 'color' as color,
    (data ->> 'client_id')::bigint as client_id
from raw.toggl_track__projects;

create view earlier.clients as
select
    (data ->> 'id')::bigint as client_id,
    data ->> 'name' as name
from raw.toggl_track__clients;

create view earlier.events as
select
    source_id as event_id,
    data ->> 'summary' as title,
    coalesce(data -> 'start' ->> 'dateTime', data -> 'start' ->> 'date')::timestamptz as started_at,
    coalesce(data -> 'end' ->> 'dateTime', data -> 'end' ->> 'date')::timestamptz as stopped_at
from raw.google_calendar__events
where deleted_at is null;

-- What a project's colour and its client stand for.
create view earlier.personal_categories as
select *
from (
    values
    ('#465bb3', 'Sleep', 'Essentials'),
    ('#e36a00', 'Vitals', 'Essentials'),
    ('#bf7000', 'Overhead', 'Essentials'),
    ('#d92b2b', 'Exercise', 'Essentials'),
    ('#525266', 'Overhead', 'Obligation'),
    ('#0b83d9', 'Work', 'Obligation'),
    ('#9e5bd9', 'Work', 'Obligation'),
    ('#c9806b', 'Meta', 'Obligation'),
    ('#990099', 'Work', 'Obligation'),
    ('#06a893', 'Creative', 'Obligation'),
    ('#2da608', 'Education', 'Leisure'),
    ('#566614', 'Education', 'Leisure'),
    ('#d94182', 'Social', 'Leisure'),
    ('#c7af14', 'Pleasure', 'Leisure')
) as known (color, personal_category, coarse_category);

create view earlier.social_categories as
select *
from (
    values
    ('暮らし', 'VITALS'), ('みなと設計室', 'WORK'), ('学び', 'GROWTH'), ('家族・友人', 'LEISURE'), ('旧サイト', 'WORK')
) as known (client_name, social_category);

create view earlier.labelled_projects as
select
    projects.project_id,
    projects.name,
    coalesce(personal.personal_category, 'Uncategorized') as personal_category,
    coalesce(personal.coarse_category, 'Uncategorized') as coarse_category,
    coalesce(social.social_category, 'UNKNOWN') as social_category
from earlier.projects as projects
left join earlier.personal_categories as personal on personal.color = projects.color
left join earlier.clients as clients on clients.client_id = projects.client_id
left join earlier.social_categories as social on social.client_name = clients.name;

-- Gaps up to five minutes go to the entry before them, longer ones become rows of their own.
create view earlier.actual as
with neighbours as (
    select
        *,
        lead(started_at) over (order by started_at) as next_started_at
    from earlier.entries
),

filled as (
    select
        entry_id,
        project_id,
        description,
        started_at,
        case
            when next_started_at > stopped_at and next_started_at <= stopped_at + interval '5 minutes'
                then next_started_at
            -- The next entry takes over even if this one runs on.
            when next_started_at < stopped_at then next_started_at
            else stopped_at
        end as stopped_at
    from neighbours

    union all

    select
        null,
        null,
        'Untracked',
        stopped_at,
        next_started_at
    from neighbours
    where next_started_at > stopped_at + interval '5 minutes'
)

select
    filled.entry_id,
    filled.description,
    projects.name as project_name,
    case when filled.entry_id is null then 'Untracked' else coalesce(projects.personal_category, 'Uncategorized') end
        as personal_category,
    coalesce(projects.coarse_category, 'Uncategorized') as coarse_category,
    coalesce(projects.social_category, 'UNKNOWN') as social_category,
    filled.started_at at time zone 'Asia/Tokyo' as started_at,
    filled.stopped_at at time zone 'Asia/Tokyo' as stopped_at
from filled
left join earlier.labelled_projects as projects on projects.project_id = filled.project_id
where filled.stopped_at > filled.started_at;

-- The plan: an event is of the project that has its title for a name.
create view earlier.target as
select
    events.event_id,
    events.title,
    projects.name as project_name,
    coalesce(projects.personal_category, 'Uncategorized') as personal_category,
    coalesce(projects.coarse_category, 'Uncategorized') as coarse_category,
    coalesce(projects.social_category, 'UNKNOWN') as social_category,
    events.started_at at time zone 'Asia/Tokyo' as started_at,
    events.stopped_at at time zone 'Asia/Tokyo' as stopped_at
from earlier.events as events
left join earlier.labelled_projects as projects on projects.name = events.title
where events.stopped_at > events.started_at;

-- Both cut at local midnight, one midnight after the other.
create view earlier.actual_split as
with recursive pieces as (
    select
        actual.*,
        least(stopped_at, date_trunc('day', started_at) + interval '1 day') as piece_stopped_at
    from earlier.actual as actual

    union all

    select
        entry_id,
        description,
        project_name,
        personal_category,
        coarse_category,
        social_category,
        piece_stopped_at,
        stopped_at,
        least(stopped_at, piece_stopped_at + interval '1 day')
    from pieces
    where piece_stopped_at < stopped_at
)

select
    started_at::date as day,
    entry_id,
    description,
    project_name,
    personal_category,
    coarse_category,
    social_category,
    started_at,
    piece_stopped_at as stopped_at,
    extract(epoch from piece_stopped_at - started_at) as seconds
from pieces;

create view earlier.target_split as
with recursive pieces as (
    select
        target.*,
        least(stopped_at, date_trunc('day', started_at) + interval '1 day') as piece_stopped_at
    from earlier.target as target

    union all

    select
        event_id,
        title,
        project_name,
        personal_category,
        coarse_category,
        social_category,
        piece_stopped_at,
        stopped_at,
        least(stopped_at, piece_stopped_at + interval '1 day')
    from pieces
    where piece_stopped_at < stopped_at
)

select
    started_at::date as day,
    event_id,
    title,
    project_name,
    personal_category,
    coarse_category,
    social_category,
    started_at,
    piece_stopped_at as stopped_at,
    extract(epoch from piece_stopped_at - started_at) as seconds
from pieces;

-- Hours by day and category, actual beside target.
create view earlier.daily_category as
with actual as (
    select day, personal_category, sum(seconds) / 3600 as hours
    from earlier.actual_split
    group by day, personal_category
),

target as (
    select day, personal_category, sum(seconds) / 3600 as hours
    from earlier.target_split
    group by day, personal_category
)

select
    coalesce(actual.day, target.day) as day,
    coalesce(actual.personal_category, target.personal_category) as personal_category,
    coalesce(actual.hours, 0) as actual_hours,
    coalesce(target.hours, 0) as target_hours
from actual
full outer join target on target.day = actual.day and target.personal_category = actual.personal_category;
