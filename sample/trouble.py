"""The kinds of planted trouble: what is done to a value, and what the platform must make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sample.names import VARIANTS


@dataclass(frozen=True)
class Kind:
    """One kind of trouble.

    expected: blocked, warned, normalised, conflict, none, delivery_blocked or late. stage: what shows it.
    rate: share of the rows of each place; every place gets one plant at least.
    department: who must act; "" for the department that sent the row. told: who else is told of a conflict; "" for
    the department that sent the row, unless it is the one that must act.
    """

    expected: str
    stage: str
    rule: str | None
    rate: float
    department: str = ""
    told: str = ""


KINDS = {
    "wrong_check_digit": Kind("warned", "check", "ID_CHECK", 0.001),
    "swapped_digits": Kind("warned", "check", "ID_CHECK", 0.001),
    "impossible_date": Kind("blocked", "check", "DATE_INVALID", 0.001),
    "leap_day_in_common_year": Kind("warned", "check", "ID_DATE", 0.0005),
    "fifteen_digits": Kind("normalised", "check", "ID_15", 0.001),
    "lower_case_x": Kind("normalised", "check", "ID_LOWER_X", 0.001),
    "full_width_digits": Kind("normalised", "check", "ID_FULL_WIDTH", 0.0008),
    "old_area_code": Kind("none", "check", None, 0.002),
    "unknown_area_code": Kind("warned", "check", "ID_AREA", 0.0005),
    "mangled_by_excel": Kind("warned", "check", "ID_MANGLED", 0.002),
    "value_outside_code_list": Kind("blocked", "check", "CODE_UNKNOWN", 0.0008),
    "missing_required_item": Kind("blocked", "check", "REQUIRED", 0.001),
    "duplicate": Kind("blocked", "check", "KEY_DUPLICATE", 0.001),
    "wrong_credit_code_check": Kind("warned", "check", "USCC_CHECK", 0.002),
    "wrong_licence_check": Kind("warned", "check", "LICENCE_ID_CHECK", 0.001),
    "published_late": Kind("warned", "check", "CREDIT_LATE", 0.02),
    "area_before_birth": Kind("warned", "check", "ID_AREA", 0.0005),
    "pilot_credit_code": Kind("warned", "check", "USCC_PILOT", 0.001),
    "wrong_inner_code": Kind("warned", "check", "USCC_INNER", 0.001),
    "retired_division_code": Kind("blocked", "check", "CODE_RETIRED", 0.0008),
    "wrong_phone": Kind("warned", "check", "PHONE_INVALID", 0.001),
    "outside_its_division": Kind("warned", "check", "COORDINATES_OUTSIDE", 0.0005),
    "amount_in_yuan": Kind("warned", "check", "AMOUNT_UNIT", 0.001),
    "amount_in_ten_thousands": Kind("warned", "check", "AMOUNT_UNIT", 0.001),
    "industry_of_old_edition": Kind("warned", "check", "INDUSTRY_SECTION", 0.001),
    "industry_of_no_edition": Kind("warned", "check", "INDUSTRY_UNKNOWN", 0.001),
    "other_identifier": Kind("warned", "check", "SUBJECT_IDENTIFIER", 0.001),
    "back_to_life": Kind("warned", "check", "STATE_CHANGE", 0.001),
    "wrong_cumulative": Kind("warned", "check", "MACRO_IDENTITY", 0.001),
    "wrong_month": Kind("warned", "check", "MACRO_IDENTITY", 0.001),
    "split_joint_month": Kind("warned", "check", "MACRO_JOINT", 0.001),
    "other_unit": Kind("warned", "check", "UNIT_MISMATCH", 0.001),
    "identifier_cut_short": Kind("warned", "check", "ID_LENGTH", 0.001),
    "missing_key": Kind("blocked", "check", "KEY_MISSING", 0.0005),
    "end_before_start": Kind("warned", "check", "DATE_ORDER", 0.001),
    "number_with_unit": Kind("blocked", "check", "NUMBER_INVALID", 0.001),
    "too_many_decimals": Kind("normalised", "check", "NUMBER_ROUNDED", 0.001),
    "impossible_size": Kind("blocked", "check", "OUT_OF_RANGE", 0.001),
    "text_too_long": Kind("blocked", "check", "TOO_LONG", 0.001),
    "month_with_slash": Kind("blocked", "check", "PATTERN", 0.0005),
    "day_ahead": Kind("warned", "check", "DATE_FUTURE", 0.0005),
    "licence_past_its_day": Kind("warned", "check", "LICENCE_EXPIRED", 0.001),
    "retired_code_of_its_day": Kind("none", "check", None, 0.0005),
    "batch_in_yuan": Kind("held", "check", "AMOUNT_UNIT", 1.0),
    "renamed_column": Kind("delivery_blocked", "check", "COLUMN_RENAMED", 1.0),
    "unregistered_column": Kind("warned", "check", "COLUMN_EXTRA", 1.0),
    "header_alone": Kind("delivery_blocked", "check", "FILE_EMPTY", 1.0),
    "reordered_columns": Kind("normalised", "check", "COLUMN_REORDERED", 1.0),
    "joint_month": Kind("none", "check", None, 1.0),
    "name_variant": Kind("none", "build", None, 0.0005),
    "name_conflict": Kind("conflict", "build", "NAME_CONFLICT", 0.0004, "police"),
    "residence_conflict": Kind("conflict", "build", "RESIDENCE_CONFLICT", 0.0003, "police"),
    "death_conflict": Kind("conflict", "build", "DEATH_CONFLICT", 0.0003, "health"),
    "sex_conflict": Kind("conflict", "build", "SEX_CONFLICT", 0.0003, "police"),
    "birth_conflict": Kind("conflict", "build", "BIRTH_CONFLICT", 0.0003, "police"),
    "shared_identifier": Kind("conflict", "build", "IDENTIFIER_SHARED", 0.0002, "police"),
    "sex_against_identifier": Kind("warned", "check", "ID_SEX", 0.0003),
    "birth_against_identifier": Kind("warned", "check", "ID_BIRTH", 0.0003),
    "representative_deceased": Kind(
        "conflict", "build", "REPRESENTATIVE_DECEASED", 0.0002, "market_regulation", "health"
    ),
    "representative_unknown": Kind(
        "conflict", "build", "REPRESENTATIVE_UNKNOWN", 0.0002, "market_regulation", "police"
    ),
    "partner_unknown": Kind("conflict", "build", "REPRESENTATIVE_UNKNOWN", 0.0001, "market_regulation"),
    "representative_from_elsewhere": Kind("none", "build", None, 0.0002),
    "representative_dissolved": Kind("conflict", "build", "REPRESENTATIVE_DISSOLVED", 0.0001, "market_regulation"),
    "holder_unknown": Kind("conflict", "build", "HOLDER_UNKNOWN", 0.002, told="police"),
    "holder_firm_unknown": Kind("conflict", "build", "HOLDER_UNKNOWN", 0.001, told="market_regulation"),
    "holder_from_elsewhere": Kind("none", "build", None, 0.002),
    "holder_deceased": Kind("conflict", "build", "HOLDER_DECEASED", 0.0002, told="health"),
    "holder_dissolved": Kind("conflict", "build", "HOLDER_DISSOLVED", 0.001, told="market_regulation"),
    "father_unknown": Kind("conflict", "build", "HOLDER_UNKNOWN", 0.002, told="police"),
    "contractor_dissolved": Kind("conflict", "build", "HOLDER_DISSOLVED", 0.001, told="market_regulation"),
    "entity_name_conflict": Kind("conflict", "build", "ENTITY_NAME_CONFLICT", 0.0003, "market_regulation"),
    "entity_representative_conflict": Kind(
        "conflict", "build", "ENTITY_REPRESENTATIVE_CONFLICT", 0.0003, "market_regulation"
    ),
    "entity_status_conflict": Kind("conflict", "build", "ENTITY_STATUS_CONFLICT", 0.0001, "market_regulation"),
    "employer_dissolved": Kind("conflict", "build", "ENTITY_STATUS_CONFLICT", 0.0001, "market_regulation"),
    "repaired_too_early": Kind("conflict", "build", "REPAIR_TOO_EARLY", 0.02, told="market_regulation"),
    "repair_of_nothing": Kind("conflict", "build", "REPAIR_UNKNOWN", 0.02),
    "published_too_long": Kind("conflict", "build", "PUBLISHED_TOO_LONG", 0.02),
    "list_entry_conflict": Kind("conflict", "build", "CREDIT_CONFLICT", 0.01, "market_regulation"),
    "subject_name_conflict": Kind("conflict", "build", "SUBJECT_NAME_CONFLICT", 0.003, "market_regulation"),
    "holder_name_conflict": Kind("conflict", "build", "HOLDER_NAME_CONFLICT", 0.0005, "police"),
    "holder_firm_name_conflict": Kind("conflict", "build", "HOLDER_NAME_CONFLICT", 0.03, "market_regulation"),
    "list_without_basis": Kind("conflict", "build", "LIST_WITHOUT_BASIS", 0.01),
    "entity_change_conflict": Kind("conflict", "build", "ENTITY_CHANGE_CONFLICT", 0.001, "market_regulation"),
    "observation_conflict": Kind("conflict", "build", "OBSERVATION_CONFLICT", 0.001, "statistics"),
    "licence_of_no_type": Kind("conflict", "build", "LICENCE_TYPE_UNKNOWN", 0.001),
    "unlawful_transition": Kind("conflict", "build", "TRANSITION_UNLAWFUL", 0.002),
    "address_unknown": Kind("conflict", "build", "ADDRESS_UNKNOWN", 0.0005, told="police"),
    "address_written_otherwise": Kind("none", "build", None, 0.0005),
    "two_numbers": Kind("none", "build", None, 0.0003),
    "division_conflict": Kind("conflict", "build", "DIVISION_CONFLICT", 1.0, "civil_affairs"),
    "division_for_statistics_only": Kind("none", "build", None, 1.0),
    "missing_column": Kind("delivery_blocked", "check", "COLUMN_MISSING", 1.0),
    "unreadable_file": Kind("delivery_blocked", "check", "FILE_UNREADABLE", 1.0),
    "rows_fell": Kind("warned", "check", "HISTORY_ROWS", 1.0),
    "empties_rose": Kind("warned", "check", "HISTORY_EMPTY", 1.0),
    "shares_moved": Kind("warned", "check", "HISTORY_SHARES", 1.0),
    "late_department": Kind("late", "schedule", "DELIVERY_LATE", 1.0),
}

# kind: the places (resource, item) in which a share of the rows is spoilt. An identifier mangled by
# Excel stands only outside keys: `1.40213E+17` would be the same key for two people.
PLACES = """
wrong_check_digit | health_resident_record id_number, police_population id_number, police_residence_permit id_number, medical_insurance_insured id_number,
    civil_affairs_marriage female_id_number, approval_licence holder_id_number,
    natural_resources_real_estate holder_id_number,
    market_regulation_enterprise representative_id_number, market_regulation_individual operator_id_number,
    market_regulation_shareholder shareholder_id_number, approval_permit id_number,
    agriculture_cooperative representative_id_number
swapped_digits | health_resident_record id_number, medical_insurance_insured id_number,
    civil_affairs_welfare id_number, housing_fund_deposit id_number
impossible_date | police_population birth_date, police_residence_permit start_date,
    civil_affairs_marriage registered_date,
    civil_affairs_welfare start_date, disabled_persons_card issued_date, health_death_certificate issued_date,
    market_regulation_enterprise established_date, veterans_preference issued_date, approval_licence issued_date
leap_day_in_common_year | police_population id_number, police_residence_permit id_number,
    housing_fund_deposit id_number,
    civil_affairs_welfare id_number, natural_resources_real_estate holder_id_number
fifteen_digits | civil_affairs_marriage male_id_number, natural_resources_real_estate holder_id_number,
    medical_insurance_insured id_number, veterans_preference id_number, civil_affairs_welfare id_number
lower_case_x | police_residence_permit id_number, education_student id_number, human_resources_qualification id_number,
    market_regulation_individual operator_id_number, police_driving_licence id_number
full_width_digits | civil_affairs_welfare id_number, disabled_persons_card id_number, police_population id_number,
    health_birth_certificate mother_id_number
old_area_code | police_population id_number, police_driving_licence id_number
unknown_area_code | medical_insurance_insured id_number, market_regulation_individual operator_id_number,
    police_residence_permit id_number
mangled_by_excel | civil_affairs_marriage male_id_number, education_student id_number,
    human_resources_qualification id_number, disabled_persons_card id_number
value_outside_code_list | police_population ethnicity_code, market_regulation_individual industry_code,
    human_resources_social_insurance status_code, police_driving_licence vehicle_class, approval_licence state_code
missing_required_item | police_residence_permit residence_address, market_regulation_enterprise address,
    approval_permit content,
    housing_fund_deposit name, health_birth_certificate child_name, natural_resources_real_estate use
duplicate | police_population id_number, medical_insurance_insured id_number, market_regulation_enterprise credit_code,
    approval_licence licence_id, human_resources_social_insurance id_number, taxation_taxpayer credit_code
wrong_credit_code_check | taxation_taxpayer credit_code, market_regulation_individual credit_code,
    market_regulation_abnormal_list credit_code, approval_permit credit_code,
    housing_construction_permit builder_credit_code
wrong_licence_check | approval_licence licence_id
area_before_birth | medical_insurance_insured id_number, police_residence_permit id_number
pilot_credit_code | taxation_taxpayer credit_code, approval_permit credit_code
wrong_inner_code | market_regulation_abnormal_list credit_code, approval_permit credit_code
retired_division_code | police_residence_permit residence_division_code, market_regulation_individual division_code
wrong_phone | police_residence_permit phone
outside_its_division | police_address longitude
amount_in_yuan | market_regulation_enterprise registered_capital_cny_10k, market_regulation_penalty fine_cny_10k,
    market_regulation_shareholder subscribed_cny_10k
amount_in_ten_thousands | civil_affairs_welfare monthly_amount_cny, housing_fund_deposit monthly_base_cny
other_identifier | approval_permit subject_kind_code, court_dishonest_debtor subject_kind_code
wrong_cumulative | statistics_monthly_indicator obs_value, finance_budget obs_value
wrong_month | finance_budget obs_value, energy_output obs_value
split_joint_month | statistics_monthly_indicator obs_value
other_unit | finance_budget unit, statistics_gdp unit
address_unknown | police_population registered_address, housing_fund_deposit residence_address,
    market_regulation_enterprise address, taxation_taxpayer address
address_written_otherwise | civil_affairs_welfare residence_address, market_regulation_individual address
industry_of_old_edition | market_regulation_individual industry_class_code
published_late | approval_permit submitted_date, market_regulation_penalty submitted_date
identifier_cut_short | education_student id_number, human_resources_qualification id_number,
    disabled_persons_card id_number
missing_key | human_resources_qualification certificate_no, education_student student_no
end_before_start | police_residence_permit end_date, approval_permit valid_until,
    market_regulation_abnormal_list removed_date
impossible_size | natural_resources_real_estate area_m2, housing_construction_permit area_m2
too_many_decimals | natural_resources_real_estate area_m2
number_with_unit | housing_construction_permit area_m2
text_too_long | market_regulation_abnormal_list reason, approval_permit permit_kind
industry_of_no_edition | market_regulation_individual industry_class_code
list_entry_conflict | development_reform_credit_list listed_date
subject_name_conflict | taxation_credit_grade name, court_dishonest_debtor subject_name
holder_name_conflict | police_driving_licence name
holder_firm_name_conflict | emergency_safety_licence name
entity_change_conflict | market_regulation_change after_text
observation_conflict | finance_budget obs_value
repair_of_nothing | development_reform_repair document_no
published_too_long | market_regulation_penalty publish_until
licence_of_no_type | approval_licence licence_type_code
day_ahead | veterans_preference issued_date, human_resources_qualification issued_date,
    housing_construction_permit issued_date
licence_past_its_day | approval_licence state_code
retired_code_of_its_day | health_resident_record residence_division_code
month_with_slash | human_resources_social_insurance start_month
"""


def places() -> Iterator[tuple[str, str, str]]:
    """(kind, resource, item) of each place."""
    for line in PLACES.strip().replace("\n    ", " ").splitlines():
        kind, _, pairs = line.partition("|")
        for pair in pairs.split(","):
            slug, item = pair.split()
            yield kind.strip(), slug, item


def variant(name: str) -> str:
    """The name with a character that another department writes instead."""
    return name.translate({ord(a): b for a, b in VARIANTS})


# What makes a row lose whom it is about.
LOSING = {
    "wrong_check_digit", "swapped_digits", "impossible_date", "leap_day_in_common_year", "unknown_area_code", "mangled_by_excel",
    "area_before_birth", "value_outside_code_list", "missing_required_item", "retired_division_code",
    "wrong_credit_code_check", "identifier_cut_short", "missing_key", "month_with_slash",
}  # fmt: skip
