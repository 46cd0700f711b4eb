-- How many customers of each kind has each studio?
select
    studio.name as studio,
    lower(replace(customers.status, '_', ' ')) as status,
    count(*) as customers
from customers
join studio on studio.studio_id = customers.studio_id
group by studio.name, status
order by studio, status
