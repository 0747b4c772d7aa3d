"""The one way this room opens DuckDB: bounded, in UTC, extensions from installed wheels only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import duckdb

from basedb.quote import literal
from catalog.errors import Misconfigured

WHEELS = {
    "spatial": "duckdb-extension-spatial",
    "sqlite_scanner": "duckdb-extension-sqlite-scanner",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """Bounds of one connection. temp: an existing folder for spilling; memory: as DuckDB writes it."""

    temp: Path
    threads: int = 2
    memory: str = "3GB"

    def share(self, parts: int) -> str:
        """One of so many equal parts of the memory, as DuckDB writes it."""
        found = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z]+)\s*", self.memory)
        if found is None:
            raise Misconfigured(f"内存上限 {self.memory} 无法识别", remedy="写作 3GB、512MB 这样的形式")
        return f"{float(found[1]) / parts:g}{found[2]}"


def connect(engine: Engine, *extensions: str) -> duckdb.DuckDBPyConnection:
    """An in-memory database that spills to the temp folder; extensions: `spatial`, `sqlite_scanner`."""
    connection = duckdb.connect(
        config={
            "threads": engine.threads,
            "memory_limit": engine.memory,
            "temp_directory": str(engine.temp),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("set TimeZone = 'UTC'")
    for extension in extensions:
        connection.execute(f"load {literal(str(extension_file(extension)))}")
    return connection


def extension_file(extension: str) -> Path:
    """Where the wheel put the extension built for this DuckDB; Misconfigured when it is not installed."""
    wheel = _wheel(extension)
    built = (f for f in wheel.files or () if f.name == f"{extension}.duckdb_extension")
    here = next((f for f in built if f"v{duckdb.__version__}" in f.parts), None)
    if here is None:
        raise Misconfigured(
            f"扩展 {extension} 与 DuckDB {duckdb.__version__} 版本不符",
            remedy=f"安装 {WHEELS[extension]}=={duckdb.__version__}",
        )
    return Path(str(wheel.locate_file(here)))


def _wheel(extension: str) -> Distribution:
    try:
        return distribution(WHEELS[extension])
    except PackageNotFoundError as missing:
        raise Misconfigured(f"未安装 {WHEELS[extension]}", remedy="按 requirements.lock 重新安装") from missing
