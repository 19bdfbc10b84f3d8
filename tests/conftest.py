"""What every test gets: a quiet Prefect in its own folder, a home that is not the user's, our warnings as errors."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parent.parent
_HOME = TemporaryDirectory(prefix="factdrift-tests-", ignore_cleanup_errors=True)

# Before anything imports prefect, and inherited by every process that a test starts.
os.environ.update(
    {
        "PREFECT_HOME": f"{_HOME.name}/prefect",
        "XDG_DATA_HOME": f"{_HOME.name}/data",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }
)
for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
    os.environ.pop(name, None)

Factdrift = Callable[..., subprocess.CompletedProcess[str]]


def pytest_configure(config: pytest.Config) -> None:
    """A warning that our own code causes is an error."""
    config.addinivalue_line("filterwarnings", r"error:::(factdrift|flows|storage)(\..*)?$")


def run_factdrift(*args: str, cwd: Path, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """`factdrift ARGS` in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "factdrift", *args],
        cwd=cwd,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        check=False,
    )


@pytest.fixture
def factdrift(tmp_path: Path) -> Factdrift:
    """The command line in an empty folder."""

    def run(*args: str, cwd: Path = tmp_path, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        return run_factdrift(*args, cwd=cwd, stdin=stdin, **env)

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which `factdrift demo` has run up to the end of 2023, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run_factdrift("demo", "--steps", "4", cwd=folder)
