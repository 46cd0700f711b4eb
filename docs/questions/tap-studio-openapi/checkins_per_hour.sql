-- At which hours do members come?
select
    cast(
        extract(hour from "checkInDateTime" at time zone 'UTC' at time zone 'Europe/Berlin') as integer
    ) as hour,
    count(*) as check_ins
from customer_checkins
group by hour
order by hour
