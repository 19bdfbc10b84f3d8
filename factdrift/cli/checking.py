"""`check`: every problem of the configuration and its topics at once."""

from pathlib import Path

import click

from factdrift.config import load_config
from factdrift.errors import ConfigError
from factdrift.resources import find


@click.command()
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The configuration [config.yaml].")
@click.option(
    "--topic", "topic_files", multiple=True, type=click.Path(path_type=Path), help="Only this topic file (repeatable)."
)
def check(config_file: Path | None, topic_files: tuple[Path, ...]) -> None:
    """Check the configuration, the topic files, their quotes and the lexicons.

    A topic that is not in the configuration yet is checked with --topic.
    """
    from factdrift.facts.extract.lexicon import lexicon_languages, load_lexicon

    for language in sorted(lexicon_languages()):
        load_lexicon(language)
    problems: list[str] = []
    if topic_files:
        checked = ", ".join(map(str, topic_files))
        for file in topic_files:
            problems += _problems(file.stem, file, str(file), "")
    else:
        file = config_file or find("config.yaml")
        checked = str(file)
        for name, chosen in load_config(file).topics.items():
            sources = f", {len(chosen.sources)} sources"
            problems += _problems(name, find(chosen.file, file.absolute().parent), chosen.file, sources)
    if problems:
        raise ConfigError(tuple(problems))
    click.echo(f"{checked}: in order; languages read: {', '.join(sorted(lexicon_languages()))}")


def _problems(name: str, file: Path, shown: str, sources: str) -> list[str]:
    """The problems of one topic; a line about it where there are none."""
    from factdrift.facts.extract.vetting import problems_of
    from factdrift.topic import load_topic

    try:
        topic = load_topic(file)
    except ConfigError as exc:
        return list(exc.problems)
    problems = [f"{shown}: {problem}" for problem in problems_of(topic)]
    if not problems:
        click.echo(f"{name}: {len(topic.facts)} facts, {len(topic.entities)} entities{sources}")
    return problems
