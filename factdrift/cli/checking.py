"""`check`: every problem of the configuration and its topics at once."""

from pathlib import Path

import click

from factdrift.config import load_config
from factdrift.errors import ConfigError
from factdrift.resources import find


@click.command()
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The configuration [config.yaml].")
def check(config_file: Path | None) -> None:
    """Check the configuration, the topic files, their quotes and the lexicons."""
    from factdrift.facts.extract.lexicon import lexicon_languages, load_lexicon, load_relations
    from factdrift.topic import load_topic

    file = config_file or find("config.yaml")
    config = load_config(file)
    problems: list[str] = []
    relations = load_relations()
    for language in sorted(lexicon_languages()):
        load_lexicon(language)
    for name, chosen in config.topics.items():
        try:
            topic = load_topic(find(chosen.file, file.absolute().parent))
            problems += [
                f"{chosen.file}: facts.{i}.relation: no relation {f.relation} in the library"
                for i, f in enumerate(topic.facts)
                if f.relation not in relations
            ]
            click.echo(
                f"{name}: {len(topic.facts)} facts, {len(topic.entities)} entities, {len(chosen.sources)} sources"
            )
        except ConfigError as exc:
            problems += exc.problems
    if problems:
        raise ConfigError(tuple(problems))
    click.echo(f"{file}: in order; languages read: {', '.join(sorted(lexicon_languages()))}")
