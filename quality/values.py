"""SQL expressions from delivered text to typed values; each gives NULL where the text is no such value."""

from __future__ import annotations

import re

DATE_FORMS = (
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
    r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
)
TRUE_TEXTS = "('1', 'true', 't', 'y', 'yes', '是')"
FALSE_TEXTS = "('0', 'false', 'f', 'n', 'no', '否')"


def date_of(text: str, *, serials: bool = False) -> str:
    """A DATE from the forms that departments use.

    serials: five digits are a spreadsheet's day number, counted from 1899-12-30.
    """
    day_number = (
        f"when regexp_full_match({text}, '\\d{{5}}(\\.\\d+)?') then date '1899-12-30' + floor({text}::double)::integer "
        if serials
        else ""
    )
    return (
        # The first branch takes nearly every row: a pattern there would double the cost.
        f"case when strlen({text}) = 10 and substr({text}, 5, 1) = '-' and substr({text}, 8, 1) = '-' "
        f"then try_cast({text} as date) {day_number}"
        f"when regexp_full_match({text}, '{DATE_FORMS}') "
        rf"then try_cast(regexp_replace({text}, '^{DATE_FORMS}$', '\1-\2\4\6-\3\5\7') as date) end"
    )


def timestamp_of(text: str) -> str:
    """A TIMESTAMP without zone, from ISO text or any form of a date."""
    moment = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
    return (
        f"case when regexp_full_match({text}, '{moment}') then try_cast({text} as timestamp) "
        f"else cast({date_of(text)} as timestamp) end"
    )


def number_of(text: str, duckdb_type: str) -> str:
    """A number of that type; thousand separators are allowed, `nan` and `inf` are no numbers."""
    plain = _without_separators(text)
    if duckdb_type == "BIGINT":
        return (
            f"case when regexp_full_match({plain}, '[+-]?\\d+(\\.0*)?') "
            f"then try_cast(split_part({plain}, '.', 1) as bigint) end"
        )
    value = f"try_cast({plain} as {duckdb_type})"
    return f"case when isfinite({value}) then {value} end" if duckdb_type == "DOUBLE" else value


def rounding_of(text: str, duckdb_type: str) -> str:
    """Whether a number has digits, not all zero, behind the last decimal that its type keeps."""
    plain, kept = _without_separators(text), decimals(duckdb_type) or 0
    # most texts are short: only what has a point and enough digits behind it meets a pattern
    is_long = f"contains({plain}, '.') and strlen({plain}) - strpos({plain}, '.') > {kept}"
    exact = f"regexp_matches({plain}, '\\.\\d{{{kept}}}\\d*[1-9]')"
    power = f"try_cast({plain} as double) <> try_cast({plain} as {duckdb_type})::double"
    has_power = f"contains(lower({plain}), 'e')"
    return f"case when {has_power} then {power} else {is_long} and {exact} end"


def decimals(duckdb_type: str) -> int | None:
    """Digits behind the point that a DECIMAL type keeps, None for other types."""
    found = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", duckdb_type)
    return int(found[1]) if found else None


def truth_of(text: str) -> str:
    """A BOOLEAN from 是/否, 1/0, true/false and y/n."""
    return f"case when lower({text}) in {TRUE_TEXTS} then true when lower({text}) in {FALSE_TEXTS} then false end"


def typed(text: str, duckdb_type: str, *, serials: bool = False) -> str:
    """The expression for a column of that DuckDB type."""
    if duckdb_type == "DATE":
        return date_of(text, serials=serials)
    if duckdb_type == "TIMESTAMP":
        return timestamp_of(text)
    if duckdb_type == "BOOLEAN":
        return truth_of(text)
    return text if duckdb_type == "VARCHAR" else number_of(text, duckdb_type)


def _without_separators(text: str) -> str:
    grouped = r"[+-]?\d{1,3}([,，]\d{3})+(\.\d+)?"
    return (
        f"(case when contains({text}, ',') or contains({text}, '，') "
        f"then case when regexp_full_match({text}, '{grouped}') "
        f"then replace(replace({text}, ',', ''), '，', '') end else {text} end)"
    )
