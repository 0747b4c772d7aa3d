"""What departments would have delivered to the five other bases, as queries over `person(i, no, name)`.

For 3.1 million persons: 400 thousand entities, 1.5 million addresses, 5 million licences, 3 million credit records and
200 thousand observations; in proportion for fewer. Each query gives the items that a role's models read; `{n}` is the
number of rows of a role.
"""

from __future__ import annotations

CITY = 3_100_000
CODE = "(select code from firm where n = {number})"
HOLDER = "id_number"

ENTITY = f"""select {CODE.format(number="i")} as credit_code,
    '某市第' || i || '号有限公司' as name, '李' || chr((20000 + i % 20000)::int) as {{who}}_name,
    {HOLDER} as {{who}}_id_number,
    '某市某区某街道' || i % 90000 || '号' as address, '1402' || lpad((2 + i % 12)::varchar, 2, '0') as division_code,
    date '2005-01-01' + (i % 7000)::int as established_date, (1 + i % 30 // 29 * 2)::varchar as status_code,
    substr('ABCDEFGHIJKLMNOP', 1 + (i % 16)::int, 1) as industry_code, lpad((1 + i % 97)::varchar, 2, '0') || '10'
    as industry_class_code, '1402' || lpad(i::varchar, 11, '0') as registration_no, {{more}}
    from person where i between {{first}} and {{first}} + {{n}} - 1"""
SUBJECT = f"""case when i % 3 = 0 then '1' else '2' end as subject_kind_code, '主体' || i as subject_name,
    case when i % 3 <> 0 then {CODE.format(number="i % {entities}")} end as credit_code,
    case when i % 3 = 0 then {HOLDER} end as id_number, '某局' as authority_name,
    date '2022-01-01' + (i % 1700)::int as decided_date, date '2022-01-04' + (i % 1700)::int as submitted_date"""
# base -> role -> (rows in a city of 3.1 million persons, query)
ROLES: dict[str, dict[str, tuple[int, str]]] = {
    "legal_entity": {
        "enterprise": (220_000, ENTITY.format(who="representative", first="0", n="{n}", more="""'1100' as entity_type_code,
            '1' as representative_kind_code, 100.00::decimal(18,2) as registered_capital_cny_10k,""")),
        "individual_business": (180_000, ENTITY.format(who="operator", first="{first}", n="{n}", more="")),
        "taxpayer": (400_000, f"""select {CODE.format(number="i")} as credit_code,
            '某市第' || i || '号有限公司' as name, '01' as taxpayer_state_code, '某街' || i % 1000 as address from person where i < {{n}}"""),
        "change": (100_000, f"""select 'C' || i as change_no, {CODE.format(number="i * 3")} as credit_code, '0' || 1 + i % 2 as item_code, '某市旧名' || i as before_text,
            if(i % 2 = 0, '某市第' || i * 3 || '号有限公司', '李' || chr((20000 + i * 3 % 20000)::int)) as after_text,
            date '2024-06-01' + (i % 700)::int as changed_date
            from person where i < {{n}}"""),
        "check_address": (1_500_000, """select 'A' || lpad(i::varchar, 10, '0') as address_code,
            '某市某区某街道' || i || '号' as full_address
            from person where i < {n}"""),
        "shareholding": (440_000, f"""select {CODE.format(number="i // 2")} as credit_code,
            i % 2 + 1 as serial, '1' as shareholder_kind_code,
            '股东' || i as shareholder_name, {HOLDER} as shareholder_id_number,
            50.00::decimal(18,2) as subscribed_cny_10k,
            50::decimal(18,4) as ratio_pct
            from person where i < {{n}}"""),
    },
    "geospatial": {
        "division": (13, """select '1402' || lpad(i::varchar, 2, '0') || '000000' as division_code, '第' || i || '区' as name,
            if(i = 0, '2', '3') as level_code, '140200000000' as parent_code, date '1990-01-01' as valid_from,
            null::date as valid_to
            from person where i < 13"""),
        "boundary": (13, """select '1402' || lpad(i::varchar, 2, '0') as division_code, '第' || i || '区' as name,
            '{{"type":"Polygon","coordinates":[[[' || 112 + i * 0.1 || ',39],[' || 112.1 + i * 0.1 || ',39],['
            || 112.1 + i * 0.1 || ',41],[' || 112 + i * 0.1 || ',41],[' || 112 + i * 0.1 || ',39]]]}}' as geometry
            from person where i < 13"""),
        "standard_address": (1_500_000, """select 'A' || lpad(i::varchar, 10, '0') as address_code,
            '某市第' || i % 12 + 1 || '区某街' || i % 1000 || '号' || i // 1000 as full_address,
            '1402' || lpad((1 + i % 12)::varchar, 2, '0') as division_code, '某街道' as town_name,
            '某街' || i % 1000 as street, i // 1000 || '号' as house_no, null::varchar as unit_room,
            112.05 + (1 + i % 12) * 0.1 as longitude, 39.5 + i % 1000 * 0.001 as latitude from person where i < {n}"""),
    },
    "license": {
        "licence": (2_000_000, f"""select null::varchar as licence_id, '11' as licence_type_code, '电子证照' as licence_type_name,
            'L' || i as licence_no, if(i % 4 = 0, '2', '1') as holder_kind_code, '持证人' || i as holder_name,
            case when i % 4 <> 0 then {HOLDER} end as holder_id_number,
            case when i % 4 = 0 then {CODE.format(number="i % {entities}")} end as holder_credit_code,
            '某局' as issuer_name, date '2015-01-01' + (i % 3000)::int as issued_date,
            date '2015-01-01' + (i % 3000)::int as valid_from, date '2025-01-01' + (i % 3000)::int as valid_until,
            if(i % 15 = 0, '04', '01') as state_code from person where i < {{n}}"""),
        "driving_licence": (1_500_000, f"""select {HOLDER} as licence_no, {HOLDER} as id_number,
            name, date '2010-01-01' + (i % 3000)::int as first_issued_date, date '2026-01-01' + (i % 3000)::int as valid_until,
            if(i % 15 = 0, '04', '01') as state_code from person where i < {{n}}"""),
        "real_estate": (1_500_000, f"""select 'R' || i as certificate_no, '1' as holder_kind_code, name as holder_name,
            {HOLDER} as holder_id_number,
            date '2010-01-01' + (i % 3000)::int as registered_date from person where i < {{n}}"""),
    },
    "credit": {
        "permit": (1_400_000, f"""select 'P' || i as document_no, {SUBJECT}, '普通' as permit_kind, '许可证' as certificate_name,
            'C' || i as certificate_no, '许可内容' as content, date '2022-01-01' + (i % 1700)::int as valid_from,
            date '2027-01-01' + (i % 1700)::int as valid_until from person where i < {{n}}"""),
        "penalty": (1_000_000, f"""select 'Q' || i as document_no, {SUBJECT}, '违法' as violation_kind, '事实' as facts,
            '2' as penalty_kind_code, 1.50::decimal(18,2) as fine_cny_10k,
            date '2025-01-01' + (i % 1700)::int as publish_until from person where i < {{n}}"""),
        "tax_grade": (600_000, f"""select {CODE.format(number="i // 2")} as credit_code,
            2024 + i % 2 as year, '公司' || i as name, substr('ABMCD', 1 + (i % 5)::int, 1) as grade_code from person where i < {{n}}"""),
    },
    "macro_economy": {
        "monthly_indicator": (200_000, """select 'M' || i % 60 + 60 * (i // 201600) as indicator_code,
            '指标' || i % 60 + 60 * (i // 201600) as indicator_name,
            '1402' || lpad((i // 60 % 12)::varchar, 2, '0') as ref_area, 'M' as freq_code,
            strftime(date '2003-01-01' + to_months((i // 720 % 280)::int), '%Y-%m') as time_period,
            'current' as period_kind_code, 'LEVEL' as measure_code, '1' as price_basis_code, i * 1.5 as obs_value,
            '亿元' as unit, 8 as unit_mult, 'A' as obs_status_code, date '2026-01-20' as release_date from person where i < {n}"""),
    },
}  # fmt: skip


def entities(persons: int) -> int:
    """How many firms so many persons have."""
    return max(1, int(400_000 * persons / CITY))


def queries(base: str, persons: int) -> dict[str, str]:
    """Role -> query with its numbers, in proportion to the persons."""
    share = persons / CITY
    return {
        role: query.format(n=_rows(rows, share), first=int(220_000 * share), entities=entities(persons))
        for role, (rows, query) in ROLES[base].items()
    }


def _rows(rows: int, share: float) -> int:
    return rows if rows < 100 else max(1, int(rows * share))
