"""What the documentation says is so: commands exist, links lead somewhere, decisions are questions."""

import re
import shlex
from pathlib import Path

import click
import pytest
from conftest import ROOT

from factdrift.cli.main import _COMMANDS as COMMANDS
from factdrift.cli.main import cli

PAGES = sorted(p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if not p.name.startswith("AAA"))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown_commands(text: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    lines = [line.split("  #")[0] for block in blocks for line in block.splitlines()]
    return [line.split("factdrift ", 1)[1] for line in lines if re.match(r"\$ .*factdrift ", line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_has_the_options_it_is_shown_with(page: Path):
    for shown in shown_commands(page.read_text(encoding="utf-8")):
        name, *args = shlex.split(shown)
        command = cli.get_command(click.Context(cli), name)

        assert command is not None, shown
        known = {option for param in command.params for option in param.opts} | {"--help"}
        assert {arg for arg in args if arg.startswith("--")} <= known, shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_there(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_readme_has_the_two_commands():
    assert "$ pip install uv && uv run factdrift demo\n" in README
    assert "$ pip install uv && uv run pytest\n" in README


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci" / "run").read_text()

    assert "\n(pip install uv && uv run pytest)" in script


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: page.name)
def test_a_decision_is_titled_as_a_question_and_answers_it(page: Path):
    text = page.read_text(encoding="utf-8")

    assert re.match(r"# .+\?\n", text)
    assert len(text.split()) > 40
    assert re.match(r"\d{4}-[a-z0-9-]+\.md$", page.name)


def test_every_folder_of_the_map_exists():
    rows = re.findall(r"^\| (`[^|]+`) \|", README.split("## Map of the code")[1], re.MULTILINE)

    folders = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]

    assert len(folders) > 8
    assert [name for name in folders if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("mark", ["demo", "scores"])
def test_the_readmes_output_was_filled_in(mark: str):
    block = README.split(f"<!-- {mark}:")[1].split(f"<!-- /{mark}")[0]

    assert len(block.splitlines()) > 8


def test_every_command_is_told_of_in_the_documentation():
    everything = " ".join(page.read_text(encoding="utf-8") for page in PAGES)

    assert [name for name in COMMANDS if not re.search(rf"`?{name}\b", everything)] == []


@pytest.mark.parametrize("module", sorted(set(re.findall(r"`([a-z/]+\.py)`", ARCHITECTURE))))
def test_a_module_of_the_architecture_exists(module: str):
    assert [found for found in ROOT.glob(f"**/{module}") if ".venv" not in found.parts]


def test_every_module_and_call_of_the_architecture_exists():
    rows = re.findall(r"^\| `([^`]+\.py)` \| ([^|]+) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)

    missing = [
        (module, call)
        for module, calls in rows
        for call in re.findall(r"`(\w+)`", calls)
        if not re.search(rf"^(?:async def|def|class) {call}\b", (ROOT / module).read_text(), re.MULTILINE)
    ]

    assert len(rows) > 25
    assert missing == []
