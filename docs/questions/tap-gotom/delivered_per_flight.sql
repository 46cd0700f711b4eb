-- How much of what was booked has each flight delivered?
select
    flights."externalId" as flight,
    cast(100.0 * sum(delivery.einblendungen) / flights.units as double precision) as delivered_percent
from flights
join delivery on delivery.flight = flights."externalId"
group by flights."externalId", flights.units
order by flight
