-- Which settings do apps have of their own?
select
    "configId" as setting,
    count(distinct "sourceAppId") as apps
from app_configs
where "appId" is not null
group by "configId"
order by apps desc, setting
