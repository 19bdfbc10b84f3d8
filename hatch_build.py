"""Compiles the reader of sentences into the wheel: `HATCH_BUILD_HOOKS_ENABLE=1 pip install .`

The sources are compiled as they are, outside the checkout, so that no compiled file ever stands beside a source that is
being edited. An editable install stays interpreted for the same reason. See docs/decisions/0067.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

READER = "factdrift/facts/extract"
INTERPRETED = ("__init__.py", "lexicon.py")  # pydantic makes its models while the program runs
SETUP = """
from mypyc.build import mypycify
from setuptools import setup

options = ["--ignore-missing-imports", "--allow-subclassing-any", "--no-error-summary"]
setup(
    name="factdrift-reader",
    packages=[],
    ext_modules=mypycify(options + {modules}, opt_level="1", debug_level="0", group_name="factdrift"),
)
"""


class CompiledReader(BuildHookInterface[Any]):
    """The build hook: off unless asked for, loud when it fails."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled modules to a wheel. Raises RuntimeError with what the compiler said."""
        if self.target_name != "wheel" or version == "editable":
            return
        self._work = TemporaryDirectory()
        work = Path(self._work.name)
        shutil.copytree(Path(self.root, "factdrift"), work / "factdrift", ignore=shutil.ignore_patterns("__pycache__"))
        modules = sorted(str(path.relative_to(work)) for path in (work / READER).glob("*.py"))
        modules = [module for module in modules if Path(module).name not in INTERPRETED]
        (work / "setup.py").write_text(SETUP.format(modules=modules), encoding="utf-8")
        self.app.display_waiting(f"compiling {len(modules)} modules of the reader: this takes some minutes ...")
        done = subprocess.run(
            [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", "compiled"],
            cwd=work,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"the reader was not compiled (a C compiler and Python's headers are needed; "
                f"without HATCH_BUILD_HOOKS_ENABLE it is installed as it is):\n{done.stdout}"
            )
        compiled = [path for path in (work / "compiled").rglob("*") if path.suffix in (".so", ".pyd")]
        build_data["force_include"] |= {str(path): str(path.relative_to(work / "compiled")) for path in compiled}
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind."""
        if hasattr(self, "_work"):
            self._work.cleanup()
