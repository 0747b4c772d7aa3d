-- one row per unified social credit code that any registrar or the tax office knows
-- GB 32100 codes begin with who registers and what: 9 1 is a firm, 5 1 a social organisation
create temp macro kind_of_code(code) as case
    when code like '91%' then '1' when code like '92%' then '2' when code like '93%' then '3'
    when left(code, 1) = '1' then '4' when left(code, 1) = '5' then '5' end;

-- full width and spaces as they are typed; what reads otherwise is no match
create temp macro fold_address(given) as translate(given, '０１２３４５６７８９－—（） 　', '0123456789--()');

create temp table standard_address as
select fold_address(full_address) as folded, platform_key('address', min(address_code)) as address_key
from input.check_address
where full_address is not null and address_code is not null
group by folded;

-- the section is left out or written before the division: B06, 06, 0610
create temp macro industry_digits(code) as regexp_extract(upper(trim(code)), '^[A-T]?(\d{2})\d{0,2}$', 1);

create table legal_entity as
select
    g.*,
    -- GB 32100: places 9 to 17 are the organisation code of GB 11714
    if(g.is_code_valid, substr(g.credit_code, 9, 9), null) as organisation_code,
    -- the first digit of a type says the kind
    coalesce(left(g.entity_type_code, 1), kind_of_code(g.credit_code)) as kind_code,
    -- a division of another section is a number of the 2011 edition, or a slip: no division is then known
    d.division_code as industry_division_code,
    a.address_key,
    b.address_key as business_address_key
from golden_entity g
left join industry_division d
    on d.division_code = industry_digits(g.industry_class_code)
    and d.section_code = coalesce(g.industry_code, d.section_code)
    and d.section_code = coalesce(nullif(regexp_extract(upper(trim(g.industry_class_code)), '^[A-T]'), ''), d.section_code)
left join standard_address a on a.folded = fold_address(g.address)
left join standard_address b on b.folded = fold_address(g.business_address);
