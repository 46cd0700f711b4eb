-- How many licences of apps end in each month of the coming year?
select
    substr(cast("expiryDate" as varchar), 1, 7) as month,
    count(*) as apps
from apps
where cast("expiryDate" as date) between current_date and current_date + 365
group by month
order by month
