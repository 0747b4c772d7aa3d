-- one row per dated rule on how long a record is published and when it may be repaired first
create table publication_period as
select
    left(sha256('publication_period|' || rule_code), 20) as record_key,
    rule_code, record_kind, severity_code, field_group,
    valid_from::date as valid_from, valid_until::date as valid_until,
    is_published::boolean as is_published,
    min_months::integer as min_months, max_months::integer as max_months,
    article
from publication_rule;
