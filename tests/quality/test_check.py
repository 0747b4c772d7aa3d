"""What a delivery's check tells the department."""

from __future__ import annotations

from datetime import date

from catalog.vocab import DeliveryState
from tests.quality.conftest import RIGHT, Checker


def test_right_rows_are_accepted_without_a_finding(checked: Checker) -> None:
    result = checked(RIGHT)
    assert result.report.state is DeliveryState.ACCEPTED
    assert result.report.findings == ()
    assert result.rows("_row, id_number, id_number_raw, birth_date, _key") == [
        (2, "140213199003070018", None, date(1990, 3, 7), "140213199003070018"),
        (3, "140203197812310024", None, date(1978, 12, 31), "140203197812310024"),
    ]
