-- findings: repairs granted before the least period is over or of a record nobody delivered, entries without a basis,
-- terms of publication beyond the longest period
insert into findings by name
select distinct 'REPAIR_TOO_EARLY' as rule, _source as source, 'decided_date' as item, _delivery as delivery,
    _row as row, _source as authority, other
from repair_row
where outcome_code = '1' and decided_date < earliest_repair_date
union all
select 'REPAIR_UNKNOWN', _source, 'document_no', _delivery, _row, _source, null
from repair_row
where repaired_key is null
union all
-- 国办发〔2020〕49号: a list of serious breach is set up by law or by a document of party and state alone
select 'LIST_WITHOUT_BASIS', _source, 'legal_basis', _delivery, _row, _source, null
from list_row
where list_code = 'serious' and legal_basis is null
union all
select 'PUBLISHED_TOO_LONG', _source, 'publish_until', _delivery, _row, _source, null
from penalty_row
where publish_until > latest_publish_date
union all
select 'PUBLISHED_TOO_LONG', _source, 'publish_until', _delivery, _row, _source, null
from list_row
where publish_until > latest_publish_date;
