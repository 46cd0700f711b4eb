-- How long have members not come?
with visits as (
    select
        studio_id,
        customer_id,
        current_date - max(cast("checkInDateTime" as date)) as days
    from customer_checkins
    group by studio_id, customer_id
)
select
    studio.name as studio,
    case
        when visits.days is null then 'not in a year'
        when visits.days > 30 then 'more than 30 days'
        else '30 days or less'
    end as last_visit,
    count(*) as members
from customers
join studio on studio.studio_id = customers.studio_id
left join visits
    on visits.studio_id = customers.studio_id and visits.customer_id = customers.id
where customers.status = 'MEMBER'
group by studio.name, last_visit
order by studio, last_visit
