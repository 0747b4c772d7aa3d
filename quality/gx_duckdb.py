"""Great Expectations inside DuckDB: rules are counted and judged where the rows lie.

Importing this module takes seconds; only code that checks imports it. Nothing is written or
sent: the context lives in memory and analytics are off.
"""

from __future__ import annotations

import builtins
import logging
import os
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, Literal

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper

with warnings.catch_warnings():
    # Its own imports use modules that Python has deprecated.
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.core import (
        ExpectationSuite,
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.expectation import ColumnMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
        column_condition_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
        ColumnMapMetricProvider,
    )

from catalog.errors import BuildFailed

# GX writes the engine's error text to its log, and that text may quote a value of a row: none of it leaves here. What
# failed is raised as the house's own error, which names the rule alone.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """An engine whose one connection stays open until its results are read."""

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The open connection; GX would close it before it fetches."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """A data source over a DuckDB connection that somebody else opened and will close."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"

    @property
    def execution_engine_type(self) -> builtins.type[DuckDBExecutionEngine]:
        return DuckDBExecutionEngine

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Point every asset of this source at the tables of `connection`."""
        cursor = connection.cursor()
        cursor.execute("set TimeZone='UTC'")
        self._engine = sa.create_engine(
            "duckdb://", creator=lambda: ConnectionWrapper(cursor), poolclass=sa.pool.StaticPool
        )
        self._execution_engine = DuckDBExecutionEngine(engine=self._engine, create_temp_table=False)

    def detach(self) -> None:
        """Let go of the connection's tables."""
        if self._execution_engine:
            self._execution_engine.close()
        self._engine = self._execution_engine = None

    def get_engine(self) -> sa.Engine:
        return self._engine or sa.create_engine("duckdb://")

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        assert isinstance(self._execution_engine, DuckDBExecutionEngine)
        return self._execution_engine


_NOT_NEEDED = frozenset({"table.column_types", "table.row_count"})
_NULLS = f"column_values.nonnull.{SummarizationMetricNameSuffixes.UNEXPECTED_COUNT.value}"


class RowsSatisfyPredicate(ColumnMapMetricProvider):
    """How many rows satisfy a predicate; GX asks for all predicates of a suite in one aggregate query."""

    condition_metric_name = "column_values.satisfy_predicate"
    condition_value_keys = ("predicate",)
    filter_column_isnull = False

    @classmethod
    def _get_evaluation_dependencies(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Those of the base class that a predicate needs; GX works out every one of them for each rule anew."""
        found: dict[str, Any] = super()._get_evaluation_dependencies(*args, **kwargs)
        return {name: metric for name, metric in found.items() if name not in _NOT_NEEDED}

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, predicate: str, **_: Any) -> sa.ColumnElement[bool]:
        return sa.literal_column(f"({predicate})", sa.Boolean())


class ExpectRowsToSatisfyPredicate(ColumnMapExpectation):
    """Every row satisfies `predicate`; a row where it is NULL does. `column` is one that is never NULL."""

    map_metric: ClassVar[str] = "column_values.satisfy_predicate"
    success_keys: ClassVar[tuple[str, ...]] = ("predicate", "mostly")
    predicate: str

    _configuration: Any = PrivateAttr(None)
    _dependencies: Any = PrivateAttr(None)

    @property
    def configuration(self) -> Any:
        # GX asks for it some ninety times per rule, and it never changes here.
        if self._configuration is None:
            self._configuration = super().configuration
        return self._configuration

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """The metrics of the base class without the bad values themselves, for no query per rule and no person's value,
        and without the NULLs of a column that has none."""
        if self._dependencies is None:
            dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration, **kwargs)
            values = f"{self.map_metric}.{SummarizationMetricNameSuffixes.UNEXPECTED_VALUES.value}"
            for name in (values, _NULLS):
                dependencies.metric_configurations.pop(name, None)
            self._dependencies = dependencies
        return self._dependencies

    def _validate(self, metrics: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        return super()._validate({**metrics, _NULLS: 0}, *args, **kwargs)


_one_at_a_time = threading.Lock()


def count_broken(
    connection: duckdb.DuckDBPyConnection, table: str, predicates: Sequence[str], *, column: str = "_row"
) -> list[int]:
    """For each predicate the number of rows of `table` that break it, as GX counts them.

    column: one that is never NULL. Raises BuildFailed when GX cannot evaluate a predicate.
    """
    suite = ExpectationSuite(
        name=table, expectations=[ExpectRowsToSatisfyPredicate(column=column, predicate=p) for p in predicates]
    )
    return counts_of(validate(connection, table, suite), predicates) if predicates else []


def counts_of(result: ExpectationSuiteValidationResult, predicates: Sequence[str]) -> list[int]:
    """The broken rows of each predicate as a result states them.

    Raises BuildFailed when GX could not evaluate one, duckdb.OutOfMemoryException when memory was what it lacked.
    """
    counts = dict(_broken(each) for each in result.results)
    return [counts[predicate] for predicate in predicates]


def validate(
    connection: duckdb.DuckDBPyConnection, table: str, suite: ExpectationSuite
) -> ExpectationSuiteValidationResult:
    """GX's own result of a suite over a table: counts, and no value of a row."""
    with _one_at_a_time:
        source = _source()
        source.attach(connection)
        try:
            return whole_table(source, table).get_batch().validate(suite, result_format=COUNTS_ONLY)
        finally:
            source.detach()


@cache
def _source() -> DuckDBDatasource:
    """The one context of the process, in memory, without progress bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_duckdb(name="duckdb")
    assert isinstance(source, DuckDBDatasource)
    return source


def whole_table(source: DuckDBDatasource, table: str) -> BatchDefinition[Any]:
    """All rows of a table of the attached connection."""
    if table not in source.get_asset_names():
        source.add_table_asset(name=table, table_name=table).add_batch_definition_whole_table("whole")
    whole: BatchDefinition[Any] = source.get_asset(table).get_batch_definition("whole")
    return whole


_OUT_OF_MEMORY = "Out of Memory Error"


def _broken(result: ExpectationValidationResult) -> tuple[str, int]:
    """The predicate and its count. GX reports a predicate that it cannot evaluate, and does not raise."""
    predicate = result.expectation_config.kwargs["predicate"] if result.expectation_config else ""
    if "element_count" not in (result.result or {}):
        if _OUT_OF_MEMORY in str(result.exception_info):
            raise duckdb.OutOfMemoryException(_OUT_OF_MEMORY)
        raise BuildFailed("Great Expectations could not evaluate a rule", predicate=predicate)
    return predicate, int(result.result["unexpected_count"] or 0)
