"""In CI a test that is skipped has failed, wherever it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPS = {
    "fixture": "import pytest\n@pytest.fixture\ndef x(): pytest.skip('no chromium')\ndef test_it(x): pass\n",
    "mark": "import pytest\n@pytest.mark.skip(reason='no chromium')\ndef test_it(): pass\n",
    "module": "import pytest\npytest.skip('no chromium', allow_module_level=True)\n",
}


@pytest.mark.parametrize(("ci", "failed"), [("true", 3), ("", 0)])
def test_a_skip_is_a_failure_in_ci_and_only_there(tmp_path: Path, ci: str, failed: int) -> None:
    for name, text in SKIPS.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rs", "--continue-on-collection-errors"]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.count("no chromium (in CI nothing is skipped)") == failed, done.stdout
    assert (done.returncode == 0) == (failed == 0), done.stdout
