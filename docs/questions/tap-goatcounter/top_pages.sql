-- Which pages have most visitors?
select
    paths.path as page,
    cast(sum(path_daily.daily) as bigint) as visitors
from path_daily
join paths
    on paths.site_id = path_daily.site_id and paths.id = path_daily.path_id
where not paths.event
group by paths.path
order by visitors desc, page
limit 10
