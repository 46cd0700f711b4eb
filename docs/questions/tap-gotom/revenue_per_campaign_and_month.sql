-- What does each campaign bring in a month?
select
    turnover.monat as month,
    campaigns.name as campaign,
    cast(sum(turnover.umsatz_netto) as double precision) as net_revenue_chf
from turnover
join campaigns on campaigns."externalId" = turnover.externe_id
group by turnover.monat, campaigns.name
order by month, campaign
