-- How many apps does each template have?
select
    templates.name as template,
    case when apps.activated then 'activated' else 'not activated' end as state,
    count(*) as apps
from apps
join templates on templates."templateId" = apps."templateId"
group by templates.name, state
order by template, state
