"""The desk over which every delivery leaves: it plants trouble, numbers the rows and keeps the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from sample import forms
from sample.contract import resource
from sample.periods import last_period
from sample.spoiling import AS_TEXT, fits, spoil
from sample.streams import Bools, Days, Ints
from sample.trouble import KINDS, LOSING, Kind, places
from sample.world import World

# The item in which a plant made by the builder of a frame shows.
SHOWS_IN = {
    "name_variant": "name", "name_conflict": "name", "residence_conflict": "residence_division_code",
    "death_conflict": "death_date", "representative_deceased": "representative_id_number",
    "representative_dissolved": "representative_credit_code", "division_conflict": "name",
    "division_for_statistics_only": "division_code", "joint_month": "time_period",
    "back_to_life": "state_code", "sex_conflict": "sex_code", "birth_conflict": "birth_date",
    "representative_unknown": "representative_id_number", "partner_unknown": "representative_credit_code",
    "representative_from_elsewhere": "representative_id_number", "entity_name_conflict": "name", "entity_representative_conflict": "representative_id_number",
    "holder_unknown": "holder_id_number", "holder_firm_unknown": "holder_credit_code",
    "holder_from_elsewhere": "holder_id_number", "holder_deceased": "holder_id_number",
    "holder_dissolved": "holder_credit_code", "father_unknown": "father_id_number",
    "contractor_dissolved": "contractor_credit_code", "entity_status_conflict": "taxpayer_state_code", "employer_dissolved": "employer_credit_code",
    "shared_identifier": "id_number",
    "repaired_too_early": "decided_date", "list_without_basis": "legal_basis", "unlawful_transition": "operation_code",
    "two_numbers": "id_number", "sex_against_identifier": "sex_code", "birth_against_identifier": "birth_date",
}  # fmt: skip
# What else such a plant shows: another sex than the police's is another than the identifier's, too.
ALSO = {
    "sex_conflict": ("sex_against_identifier",), "birth_conflict": ("birth_against_identifier",),
    "shared_identifier": ("birth_against_identifier",),
}  # fmt: skip
SHUFFLED = {"police_population", "market_regulation_individual", "medical_insurance_insured", "disabled_persons_card"}
# Departments whose lists have a column that they did not register.
WITH_REMARKS, REMARKS = {"veterans_preference"}, "备注"
# What makes an identifier no identifier: whom the row speaks of is then a question of linkage.
WITHOUT_IDENTIFIER = (
    "wrong_check_digit",
    "leap_day_in_common_year",
    "mangled_by_excel",
    "swapped_digits",
    "identifier_cut_short",
)
TOLD = {"address": pl.String, "division_code": pl.String, "number": pl.Int64}
STATEMENTS = {"resource": pl.String, "period": pl.String, "row": pl.Int64, "item": pl.String, "person": pl.Int64}
PLANT_COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "kind": pl.String, "department": pl.String, "resource": pl.String, "file": pl.String, "period": pl.String,
    "row": pl.Int64, "item": pl.String, "expected": pl.String, "stage": pl.String, "rule": pl.String,
    "told": pl.String,
}  # fmt: skip


# what these say before anything is spoilt is the truth itself: slug -> the items that name the thing
OBSERVED = ("indicator_code", "ref_area", "time_period", "period_kind_code", "measure_code", "release_date")
FACTS = {
    "approval_licence": ("licence_no",),
    "approval_permit": ("document_no",),
    "market_regulation_penalty": ("document_no",),
    "market_regulation_abnormal_list": ("entry_no",),
    "development_reform_credit_list": ("entry_no",),
    "court_dishonest_debtor": ("case_no",),
    "taxation_credit_grade": ("credit_code", "year"),
    "police_address": ("address_code",),
    "civil_affairs_division": ("division_code",),
    "statistics_monthly_indicator": OBSERVED,
    "statistics_gdp": OBSERVED,
    "finance_budget": OBSERVED,
    "energy_output": OBSERVED,
}


class Desk:
    """Takes frames with one column per item, and hidden ones: `_person`, `_other` (person numbers),
    `_firm`, `_address` (the number of the address that is told), `_plant` (the kind that the row carries already).
    """

    def __init__(self, world: World, out: Path, progress: Callable[[str], None] | None) -> None:
        self.world, self.out, self.progress = world, out, progress
        self.plants: list[pl.DataFrame] = []
        self.statements: list[pl.DataFrame] = [pl.DataFrame(schema=STATEMENTS)]
        self.told: list[pl.DataFrame] = [pl.DataFrame(schema=TOLD)]
        self.forms: dict[str, str] = {}
        self.facts: dict[str, list[pl.DataFrame]] = {slug: [] for slug in FACTS}

    def send(self, slug: str, frame: pl.DataFrame, period: str = "", *, spoilt: bool = True) -> None:
        """Plant this resource's trouble in the frame and write it as a delivery."""
        if self.progress:
            self.progress(slug)
        period = period or last_period(resource(slug).cycle, self.world.as_of)
        if slug in self.facts:
            self.facts[slug].append(frame)
        form = self.forms.setdefault(slug, forms.form_of(slug, len(frame)))
        frame = forms.as_sent(slug, form, self._shuffled(slug, frame))
        path = self.path(slug, period, form)
        marked = self._marked(slug, period, path, form, frame)
        if spoilt and not self.world.is_clean:
            frame = self._spoilt(slug, period, path, form, frame, marked)
        is_clean = self.world.is_clean
        if slug in WITH_REMARKS and spoilt and not is_clean:
            frame = frame.with_columns(pl.lit("").alias(REMARKS))
            self.note("unregistered_column", slug, period, path, [None], None)
        if not is_clean and forms.is_reordered(slug, form, frame):
            self.note("reordered_columns", slug, period, path, [None], None)
        if "_address" in frame.columns:
            told = frame.select(address="residence_address", division_code="residence_division_code", number="_address")
            self.told.append(told.drop_nulls("address"))
        if "id_number" in frame.columns and "_person" in frame.columns:
            self._state(slug, period, form, frame, np.flatnonzero(frame["id_number"].is_null()), "id_number")
        forms.write(slug, form, frame, path, is_clean=is_clean)

    def sent(self, slug: str) -> tuple[str, Path]:
        """The last period of a resource and the path of its delivery."""
        period = last_period(resource(slug).cycle, self.world.as_of)
        return period, self.path(slug, period, self.forms.setdefault(slug, resource(slug).form))

    def path(self, slug: str, period: str, form: str) -> Path:
        """Where a delivery goes: the landing folder, or the department's front-end database."""
        department = resource(slug).department
        if form == "database":
            return self.out / "frontend" / f"{department}.sqlite"
        return self.out / "landing" / department / slug / f"{period}.{forms.extension(form)}"

    def note(
        self, kind: str, slug: str, period: str, path: Path | None, rows: list[int | None], item: str | None
    ) -> None:
        """Put plants into the truth; rows as a person finds them in the file."""
        fact: Kind = KINDS[kind]
        file = path.relative_to(self.out).as_posix() if path else None
        sender = resource(slug).department
        department = fact.department or sender
        told = fact.told or sender if fact.expected == "conflict" else department
        constant = {
            "kind": kind, "department": department, "resource": slug, "file": file,
            "period": period, "item": item, "expected": fact.expected, "stage": fact.stage, "rule": fact.rule,
            "told": None if told == department else told,
        }  # fmt: skip
        frame = pl.DataFrame({"row": pl.Series(rows, dtype=pl.Int64)}).with_columns(
            pl.lit(value, dtype=PLANT_COLUMNS[name]).alias(name) for name, value in constant.items()
        )
        self.plants.append(frame.select(*PLANT_COLUMNS))

    def _shuffled(self, slug: str, frame: pl.DataFrame) -> pl.DataFrame:
        if slug not in SHUFFLED:
            return frame
        return frame[self.world.rng(f"shuffle {slug}").permutation(len(frame))]

    def _marked(self, slug: str, period: str, path: Path, form: str, frame: pl.DataFrame) -> Bools:
        """Note the rows whose builder planted something; they get nothing else."""
        if "_plant" not in frame.columns:
            return np.zeros(len(frame), np.bool_)
        for kind in sorted(frame["_plant"].drop_nulls().unique()):
            rows = np.flatnonzero((frame["_plant"] == kind).fill_null(value=False).to_numpy())
            for each in (kind, *ALSO.get(kind, ())):
                self.note(each, slug, period, path, _seen(rows, form), SHOWS_IN[each])
        return frame["_plant"].is_not_null().to_numpy().copy()

    def _spoilt(self, slug: str, period: str, path: Path, form: str, frame: pl.DataFrame, used: Bools) -> pl.DataFrame:
        rows_before = len(frame)
        for kind, where, item in places():
            if where != slug:
                continue
            rng = self.world.rng(f"plant {kind} {slug} {item}")
            open_rows = fits(kind, item, frame[:rows_before]) & ~used
            if kind in LOSING:
                open_rows &= _known_elsewhere(self.world, kind, slug, frame[:rows_before])
            rows = self._chosen(kind, frame[:rows_before], open_rows, rng, rows_before)
            used[rows] = True
            shown = rows
            if kind == "duplicate":
                shown = np.arange(len(frame), len(frame) + len(rows))
                frame = pl.concat([frame, frame[rows]])
            elif kind == "published_late":
                frame = frame.with_columns(_published_late(self.world, frame, rows, rng))
            else:
                values = spoil(kind, item, frame[item].gather(rows).to_list(), rng)
                column = frame[item].cast(pl.String) if kind in AS_TEXT else frame[item]
                spoilt = pl.Series(values, dtype=pl.String).cast(column.dtype)
                frame = frame.with_columns(column.scatter(rows, spoilt))
            self.note(kind, slug, period, path, _seen(shown, form), item)
            if kind in WITHOUT_IDENTIFIER:
                self._state(slug, period, form, frame, rows, item)
        return frame

    def _state(self, slug: str, period: str, form: str, frame: pl.DataFrame, rows: Ints, item: str) -> None:
        """Put into the truth of whom these rows speak without a valid identifier; -1 for strangers."""
        column = "_other" if item == "female_id_number" else "_person"
        if "natural_person." not in resource(slug).role or column not in frame.columns or not len(rows):
            return
        told = pl.DataFrame(
            {"row": _seen(rows, form), "person": frame[column].gather(rows)}, schema_overrides=STATEMENTS
        )
        constant = {"resource": slug, "period": period, "item": item}
        self.statements.append(told.with_columns(pl.lit(v).alias(k) for k, v in constant.items()).select(*STATEMENTS))

    def _chosen(self, kind: str, frame: pl.DataFrame, open_rows: Bools, rng: np.random.Generator, rows: int) -> Ints:
        """Rows for a kind out of those that are open to it: nobody in them who carries a plant elsewhere."""
        if kind == "published_late":
            open_rows &= _long_decided(self.world, frame)
        people, other, firm = (_numbers(frame, name) for name in ("_person", "_other", "_firm"))
        marks = ((people, self.world.taken_people), (other, self.world.taken_people), (firm, self.world.taken_firms))
        for numbers, taken in marks:
            open_rows &= (numbers < 0) | ~taken[np.maximum(numbers, 0)]
        pool = np.flatnonzero(open_rows)
        chosen = np.sort(rng.choice(pool, min(len(pool), max(1, round(rows * KINDS[kind].rate))), replace=False))
        chosen = _once(_once(chosen, people), firm)
        for numbers, taken in marks:
            taken[numbers[chosen][numbers[chosen] >= 0]] = True
        return chosen


def _seen(rows: Ints, form: str) -> list[int | None]:
    return [int(row) for row in rows + forms.FIRST_ROW.get(form, 1)]


def _numbers(frame: pl.DataFrame, name: str) -> Ints:
    if name not in frame.columns:
        return np.full(len(frame), -1, np.int64)
    return frame[name].to_numpy().astype(np.int64)


def _known_elsewhere(world: World, kind: str, slug: str, frame: pl.DataFrame) -> Bools:
    """The rows that nobody misses: whom they are about stands in another list, or leads and holds nothing.

    Else one fault of one department would be found again wherever the person or firm is named.
    """
    people, crowd = _numbers(frame, "_person"), world.people
    if slug == "police_population":
        return crowd.age[people] < 6
    if slug == "police_residence_permit":
        return ~crowd.migrant[people]
    if slug == "market_regulation_individual":
        pays = world.pays_tax[_numbers(frame, "_firm")]
        # the tax office would name another operator than one with another number
        return ~pays if kind == "unknown_area_code" else pays
    return np.ones(len(frame), np.bool_)


def _once(rows: Ints, numbers: Ints) -> Ints:
    """The rows without those that repeat a number."""
    of_rows = numbers[rows]
    first = np.zeros(len(rows), np.bool_)
    first[np.unique(of_rows, return_index=True)[1]] = True
    return rows[first | (of_rows < 0)]


def _days(frame: pl.DataFrame, item: str) -> Days:
    return frame[item].str.to_date("%Y-%m-%d").to_numpy().astype("datetime64[D]")


def _long_decided(world: World, frame: pl.DataFrame) -> Bools:
    return _days(frame, "decided_date") < world.today - 60


def _published_late(world: World, frame: pl.DataFrame, rows: Ints, rng: np.random.Generator) -> pl.Series:
    """Submission on the eighth working day after the decision or some days later."""
    decided = _days(frame, "decided_date")[rows]
    late = world.workdays.after(decided, rng.integers(8, 25, len(rows)))
    return frame["submitted_date"].scatter(rows, pl.Series(late).dt.to_string("%Y-%m-%d"))
