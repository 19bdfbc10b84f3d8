"""`sql`: ad-hoc questions to the snapshot, in a cage."""

import sys
from pathlib import Path

import click

from factdrift.cli.options import Place, with_place
from factdrift.errors import UsageError
from factdrift.report.tables import show


@click.command()
@with_place
@click.argument("query")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write parquet to this file.")
@click.option("--live", is_flag=True, hidden=True)
def sql(
    where: Place,
    query: str,
    form: str,
    output: Path | None,
    live: bool,
) -> None:
    """Answer one SELECT on the published snapshot. Tables, views and macros: docs/sql.md."""
    if live:
        raise UsageError(
            "--live: the live file has one owner, and a query must not delay it", "ask the snapshot: leave --live out"
        )
    if form == "parquet" and output is None:
        raise UsageError("parquet needs --output FILE", "for example --output answer.parquet")
    if form != "parquet" and output is not None:
        raise UsageError(f"--output is for parquet, not for {form}", "redirect stdout: > FILE")
    from storage.query import QueryLimits, run_query, write_parquet

    given = where.config.query
    limits = QueryLimits(given.timeout_seconds, given.memory_mb, max_rows=given.max_rows)
    result = run_query(where.snapshot, sys.stdin.read() if query == "-" else query, limits)
    if output is not None:
        write_parquet(result, output)
        click.echo(f"wrote {output}", err=True)
    else:
        show(result.columns, result.rows(), form=form)
    if result.cut:
        click.echo(f"cut off after {limits.max_rows} rows: add a LIMIT or raise query.max_rows", err=True)
