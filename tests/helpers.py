"""What tests of several rooms call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

AS_OF = "2026-11-20"
PERSONS = "2000"


def sixbase(*arguments: str, home: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    program = Path(sys.executable).with_name("sixbase")
    environment = {**os.environ, "SIXBASE_HOME": str(home), **more.pop("env", {})}
    return subprocess.run([program, *arguments], check=False, env=environment, capture_output=True, text=True, **more)
