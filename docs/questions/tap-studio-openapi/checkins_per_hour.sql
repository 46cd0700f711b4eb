-- At which hours do members come?
select
    cast(
        extract(hour from "checkInDateTime" + utc_offset_minutes * interval '1 minute') as integer
    ) as hour,
    count(*) as check_ins
from customer_checkins
group by hour
order by hour
