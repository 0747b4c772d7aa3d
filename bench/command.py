"""What all benchmarks take and print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping


def options(description: str | None) -> argparse.ArgumentParser:
    """The options of a benchmark, with --json."""
    found = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--json", action="store_true")
    return found


def tell(figures: Mapping[str, object], *, as_json: bool) -> None:
    """Print the figures, as lines or as JSON."""
    width = max(map(len, figures)) + 2
    lines = json.dumps(figures) if as_json else "\n".join(f"{name:{width}}{value}" for name, value in figures.items())
    sys.stdout.write(lines + "\n")
