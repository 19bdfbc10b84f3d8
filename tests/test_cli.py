"""The command line: what goes to stdout and stderr, exit codes, messages that name the thing and the way out."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Factdrift

from factdrift import __version__
from factdrift.cli.main import _COMMANDS as COMMANDS
from factdrift.cli.main import _HELP as HELP
from factdrift.facts.extract import reader

PAGE = {
    "id": "a",
    "url": "https://news.example/1",
    "published": "2023-07-26",
    "lang": "en",
    "title": "Alliance signed",
    "text": "Renault now holds 15 per cent of Nissan.",
}


def jsonl(*objects: object) -> str:
    return "".join(json.dumps(line) + "\n" for line in objects)


def test_help_comes_fast_and_names_every_command(factdrift: Factdrift):
    started = time.monotonic()
    done = factdrift("--help")
    took = time.monotonic() - started

    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert took < 2  # 0.25 s on an idle machine; CI machines are busy


def test_the_version_says_which_reader_is_at_work(factdrift: Factdrift):
    kind = "interpreted" if str(reader.__file__).endswith(".py") else "compiled"

    assert factdrift("--version").stdout == f"factdrift {__version__} (reader {kind})\n"


def test_help_loads_neither_prefect_nor_duckdb():
    assert modules_after("import factdrift.cli.main") & {"prefect", "duckdb", "pyarrow", "rich", "pydantic"} == set()


@pytest.mark.parametrize("module", ["asking", "querying", "extracting", "evaluating", "checking"])
def test_a_question_does_not_load_prefect(module: str):
    assert "prefect" not in modules_after(f"import factdrift.cli.{module}, storage.reading, storage.query")


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return {name.split(".")[0] for name in loaded}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_a_help_page(factdrift: Factdrift, command: str):
    done = factdrift(command, "--help")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: ")
    assert command in HELP


def test_an_unknown_command_is_a_usage_error(factdrift: Factdrift):
    done = factdrift("fcats")

    assert (done.returncode, done.stdout) == (2, "")
    assert "fcats" in done.stderr
    assert "--help" in done.stderr


def test_an_unknown_option_is_a_usage_error(factdrift: Factdrift):
    done = factdrift("facts", "--nope")

    assert done.returncode == 2
    assert "--nope" in done.stderr


@pytest.mark.parametrize("command", [("facts",), ("changes",), ("why", "x"), ("status",), ("sql", "SELECT 1")])
def test_a_question_before_the_first_run_says_what_to_do(factdrift: Factdrift, command: tuple[str, ...]):
    done = factdrift(*command)

    assert (done.returncode, done.stdout) == (4, "")
    assert "no snapshot yet" in done.stderr
    assert "factdrift run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_question_without_a_demo_says_so(factdrift: Factdrift):
    done = factdrift("facts", "--demo")

    assert done.returncode == 2
    assert "factdrift demo" in done.stderr


def test_a_malformed_configuration_names_every_problem(factdrift: Factdrift, tmp_path: Path):
    (tmp_path / "config.yaml").write_text(
        "topics:\n  t:\n    file: t.yaml\n    sources:\n"
        "      - {id: a, kind: page, url: 'https://x.example'}\nschedule: {cron: 'every day'}\nfetch: {per_host: 0}\n"
    )

    done = factdrift("check")

    assert done.returncode == 2
    for path in ("topics.t.sources.0", "schedule.cron", "fetch.per_host"):
        assert f"config.yaml: {path}: " in done.stderr


def test_a_configuration_that_is_no_yaml_names_its_line(factdrift: Factdrift, tmp_path: Path):
    (tmp_path / "config.yaml").write_text("topics: [\n")

    done = factdrift("check")

    assert done.returncode == 2
    assert "config.yaml: line " in done.stderr


def test_the_shipped_configuration_is_in_order(factdrift: Factdrift):
    done = factdrift("check", cwd=ROOT)

    assert done.returncode == 0, done.stderr
    assert "in order" in done.stdout


def test_extract_reads_stdin_and_keeps_the_order(factdrift: Factdrift):
    pages = jsonl({**PAGE, "id": "b"}, {**PAGE, "id": "a", "text": "Nothing to see here."})

    done = factdrift("extract", "--topic", "nissan-renault", "-", stdin=pages)

    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second) == ("b", {"id": "a", "claims": []})
    (claim,) = first["claims"]
    assert (claim["fact"], claim["value"]) == ("renault-stake-in-nissan", {"percent": 15.0})
    assert PAGE["text"][claim["start"] : claim["end"]] == claim["quote"]


def test_extract_takes_the_path_of_a_topic_file(factdrift: Factdrift):
    topic = str(ROOT / "seeds" / "nissan-renault.yaml")

    assert factdrift("extract", "--topic", topic, "-", stdin=jsonl(PAGE)).returncode == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not a JSON object"),
        ("[1]", "no id"),
        ('{"id": 7}', "no id"),
        (json.dumps({**PAGE, "published": "soon"}), "published: 'soon'"),
        (json.dumps({k: v for k, v in PAGE.items() if k != "text"}), "no text"),
        (json.dumps({**PAGE, "lang": None}), "no lang"),
    ],
)
def test_a_malformed_page_is_named_by_file_and_line(factdrift: Factdrift, tmp_path: Path, line: str, reason: str):
    (tmp_path / "pages.jsonl").write_text(jsonl(PAGE) + "\n" + line + "\n")

    done = factdrift("extract", "--topic", "nissan-renault", "pages.jsonl")

    assert done.returncode == 2
    assert "pages.jsonl:3: " in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_is_no_utf8_is_named(factdrift: Factdrift, tmp_path: Path):
    (tmp_path / "pages.jsonl").write_bytes(b'{"id": "\xff"}\n')

    done = factdrift("extract", "--topic", "nissan-renault", "pages.jsonl")

    assert done.returncode == 2
    assert "pages.jsonl:1: " in done.stderr


def test_a_missing_pages_file_is_named(factdrift: Factdrift):
    done = factdrift("extract", "--topic", "nissan-renault", "gone.jsonl")

    assert done.returncode == 2
    assert "gone.jsonl" in done.stderr


def test_an_unknown_topic_is_named(factdrift: Factdrift):
    done = factdrift("extract", "--topic", "no-such-topic", "-", stdin="")

    assert done.returncode == 2
    assert "no-such-topic" in done.stderr


def test_pages_in_a_language_without_a_lexicon_are_told_on_stderr(factdrift: Factdrift):
    done = factdrift("extract", "--topic", "nissan-renault", "-", stdin=jsonl({**PAGE, "lang": "xx"}))

    assert done.returncode == 0
    assert json.loads(done.stdout) == {"id": "a", "claims": []}
    assert "'xx'" in done.stderr


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path):
    """`factdrift extract ... | head -1` says nothing of a broken pipe."""
    many = jsonl(*({**PAGE, "id": str(n)} for n in range(3000)))
    (tmp_path / "pages.jsonl").write_text(many)
    program = f"{sys.executable} -m factdrift extract --topic nissan-renault pages.jsonl | head -1"

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_ctrl_c_ends_with_130_and_no_traceback(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "factdrift", "extract", "--topic", "nissan-renault", "-"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(jsonl(PAGE) * 200)
    process.stdin.flush()
    process.stdout.read(1)  # it is at work

    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=30)[1]

    assert process.returncode == 130
    assert "stopped" in error
    assert "Traceback" not in error


def test_sql_on_the_live_file_is_refused_with_the_reason(factdrift: Factdrift):
    done = factdrift("sql", "--live", "SELECT 1")

    assert done.returncode == 2
    assert "snapshot" in done.stderr


def test_a_date_that_is_none_is_named(factdrift: Factdrift):
    done = factdrift("facts", "--as-of", "yesterday", cwd=ROOT)

    assert done.returncode == 2
    assert "'yesterday' is no date" in done.stderr


def on_a_terminal(args: list[str], cwd: Path, **env: str) -> str:
    """What a person sees of a command on a terminal of 80 columns."""
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "factdrift", *args],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=inner,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100", **env},
    )
    os.close(inner)
    seen = b""
    while select.select([outer], [], [], 30)[0]:
        try:
            part = os.read(outer, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    process.wait(timeout=30)
    os.close(outer)
    return seen.decode()


def test_a_terminal_gets_a_table_in_colour_and_no_color_takes_the_colour_away(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
):
    coloured = on_a_terminal(["facts", "--demo"], demo[0])
    plain = on_a_terminal(["facts", "--demo"], demo[0], NO_COLOR="1")

    assert "\x1b[" in coloured
    assert "\x1b[3" not in plain
    assert "renault-stake-in-nissan" in plain.replace("\r\n", "")
