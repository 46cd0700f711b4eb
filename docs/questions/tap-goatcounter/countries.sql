-- Where do visitors come from?
select
    name as country,
    cast(sum(count) as bigint) as visitors
from locations
group by name
order by visitors desc, country
limit 10
