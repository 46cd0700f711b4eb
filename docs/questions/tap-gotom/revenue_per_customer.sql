-- Which customers bring most?
select
    customers.firm as customer,
    turnover.plattform as platform,
    cast(sum(turnover.umsatz_netto) as double precision) as net_revenue_chf
from turnover
join campaigns on campaigns."externalId" = turnover.externe_id
join customers on customers."externalCrmId" = campaigns.customer ->> 'entityExternalCrmId'
group by customers.firm, turnover.plattform
order by customer, platform
