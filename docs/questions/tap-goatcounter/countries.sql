-- Where do visitors come from?
select
    name as country,
    cast(sum(count) as bigint) as visitors
from tap_goatcounter.locations
group by name
order by visitors desc, country
limit 10
