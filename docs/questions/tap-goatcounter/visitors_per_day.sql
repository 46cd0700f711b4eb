-- How many visitors come each day?
select
    cast(day as date) as day,
    daily as visitors
from total_daily
order by day
