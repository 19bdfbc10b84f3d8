"""config.yaml: valid as shipped, every problem at once, every key documented."""

import re
from pathlib import Path

import pytest
from conftest import ROOT, Factdrift
from pydantic import BaseModel

from factdrift.config import (
    ChannelConfig,
    Config,
    FetchConfig,
    ParseConfig,
    QueryConfig,
    ScheduleConfig,
    SourceConfig,
    TopicConfig,
    load_config,
)
from factdrift.errors import ConfigError

WRONG = """
topics:
  cars:
    file: seeds/cars.yaml
    sources:
      - {id: Bad Id, url: "ftp://example.org/feed"}
      - {id: a-page, kind: page, url: "https://example.org/"}
schedule: {cron: "every day"}
fetch: {per_host: 99, colour: red}
alerts: [{kind: apprise}]
"""


def problems_of(tmp_path: Path, text: str) -> tuple[str, ...]:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return caught.value.problems


def test_the_shipped_config_is_valid_and_its_topic_files_exist() -> None:
    config = load_config(ROOT / "config.yaml")

    assert all((ROOT / topic.file).is_file() for topic in config.topics.values())
    assert {s.lang for t in config.topics.values() for s in t.sources} >= {"en", "fr"}
    assert {s.kind for t in config.topics.values() for s in t.sources} == {"feed", "page"}


def test_every_problem_is_told_at_once_with_file_and_path(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, WRONG)

    for path in (
        "topics.cars.sources.0.id",
        "topics.cars.sources.0.url",
        "topics.cars.sources.1",
        "schedule.cron",
        "fetch.per_host",
        "fetch.colour",
        "alerts.0",
    ):
        assert any(line.startswith(f"config.yaml: {path}: ") for line in problems), (path, problems)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("topics: {}", "topics"),
        ("topics: {a: {file: x, sources: []}}", "topics.a.sources"),
        ("databse: x\ntopics: {a: {file: x, sources: [{id: b, url: 'http://c'}]}}", "databse"),
        ("topics: {a: {file: x, sources: [{id: b, url: 'http://c', titel: d}]}}", "topics.a.sources.0.titel"),
        (
            "topics: {a: {file: x, sources: [{id: b, url: 'http://c'}, {id: b, url: 'http://d'}]}}",
            "topics.a.sources",
        ),
        (
            "topics: {a: {file: x, sources: [{id: b, url: 'http://c'}]}}\nalerts: [{kind: apprise, url_env: 'json://x'}]",
            "alerts.0.url_env",
        ),
    ],
)
def test_a_wrong_part_is_named_by_its_path(tmp_path: Path, text: str, path: str) -> None:
    problems = problems_of(tmp_path, text)

    assert path in [line.split(": ")[1] for line in problems]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "topics: [\n", "topics: &a {b: *a}\n"])
def test_a_file_that_is_no_mapping_is_a_problem_not_a_crash(tmp_path: Path, text: str) -> None:
    problems = problems_of(tmp_path, text)

    assert problems
    assert all("config.yaml: " in line for line in problems)


def test_the_command_line_shows_every_problem_and_ends_with_code_2(tmp_path: Path, factdrift: Factdrift) -> None:
    (tmp_path / "config.yaml").write_text(WRONG, encoding="utf-8")

    done = factdrift("check")

    assert done.returncode == 2
    assert "topics.cars.sources.0.url" in done.stderr
    assert "schedule.cron" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "model",
    [
        Config,
        TopicConfig,
        SourceConfig,
        FetchConfig,
        ParseConfig,
        ScheduleConfig,
        ChannelConfig,
        QueryConfig,
    ],
)
def test_every_key_is_documented_and_no_other(model: type[BaseModel]) -> None:
    text = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    section = re.search(rf"<!-- {model.__name__} -->\n(.*?)(?=\n<!--|\Z)", text, re.DOTALL)

    assert section, model.__name__
    assert set(re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)) == set(model.model_fields)
