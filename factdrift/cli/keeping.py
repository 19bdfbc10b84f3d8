"""`verify`, `rebuild`, `reread`, `export`, `backup`, `restore` and `compact`: the store proves itself and is kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from factdrift.cli.options import Place, with_place
from factdrift.errors import StoreUnavailable
from factdrift.report.lines import change_lines, evidence_lines
from factdrift.report.tables import console, write

if TYPE_CHECKING:
    from flows.rereading import Reread


@click.command()
@with_place
@click.argument("file", required=False, type=click.Path(path_type=Path))
def verify(where: Place, file: Path | None) -> None:
    """Check every claim against its article, every ledger against its claims, and the hash chain over runs.

    FILE is a database, a snapshot or a backup; without it the snapshot is checked. Exits 4 where something is wrong.
    """
    from flows.refolding import folding
    from storage.verify import verify as check

    path = file or where.snapshot
    found = check(path, folding(where.job, path))
    for problem in found.problems:
        click.echo(str(problem))
    if found.problems:
        raise StoreUnavailable(
            f"{path}: {len(found.problems)} things do not hold", "restore a backup, or `factdrift rebuild NEW`"
        )
    click.echo(
        f"{path}: whole. {found.rows} rows, {found.runs} runs, {found.claims} claims and {found.facts} facts checked.\n"
        f"Newest hash {found.head} (note it down: it tells if runs were cut off at the end)"
    )


@click.command()
@with_place
@click.argument("target", type=click.Path(path_type=Path))
def rebuild(where: Place, target: Path) -> None:
    """Fold all claims into the new file TARGET and compare it with what stands. The database is not touched."""
    from flows.refolding import rebuild as fold_anew

    done = fold_anew(where.job, target, datetime.now(UTC))
    for fact in done.differing:
        click.echo(f"differs: {fact}")
    click.echo(f"{target}: {done.facts} facts folded, {len(done.differing)} differ from what stood")


@click.command()
@with_place
@click.option("--apply", "is_applied", is_flag=True, help="Write it. Without this nothing is written.")
def reread(where: Place, is_applied: bool) -> None:
    """Read the stored articles again with this version, and show what would change."""
    from flows.rereading import apply_reading, compare_readings, foresee

    now = datetime.now(UTC)
    found = compare_readings(where.job, now)
    _show_reread(found)
    if not found.articles and not is_applied:
        return
    follow = apply_reading if is_applied else foresee
    changes = follow(where.job, found, now) if found.articles else ()
    out = console()
    for change in changes:
        out.print(change_lines(change, "", ""))
    out.print(f"{'applied' if is_applied else 'would make'}: {len(changes)} changes on the ledger")
    if not is_applied:
        click.echo("nothing was written: add --apply", err=True)


def _show_reread(found: "Reread") -> None:
    out = console()
    for mark, claims in (("- no longer", found.lost), ("+ new", found.gained)):
        for stored in claims:
            claim, origin = stored.claim, f"{stored.outlet}  {stored.claim_id}"
            said = f"{claim.fact}, {claim.stage} ({claim.mention})"
            write(out, evidence_lines(stored.published_at, mark, said, claim.evidence.exact, origin))
    out.print(
        f"{len(found.articles)} articles read differently: {len(found.gained)} claims more, {len(found.lost)} fewer"
    )


@click.command()
@with_place
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
def export(where: Place, folder: Path, form: str) -> None:
    """Write the history to a new FOLDER: Parquet by month, or CSV that no spreadsheet takes for formulas."""
    from storage.export import export as write_files

    for made in write_files(where.snapshot, folder, cast(Literal["parquet", "csv"], form)):
        click.echo(made)


@click.command()
@with_place
@click.argument("target", type=click.Path(path_type=Path))
def backup(where: Place, target: Path) -> None:
    """Copy the database as it stands to the new file TARGET."""
    from storage.backup import back_up

    click.echo(f"{back_up(where.database, target)}\n  put it back with `factdrift restore {target}`")


@click.command()
@with_place
@click.argument("saved", type=click.Path(path_type=Path))
def restore(where: Place, saved: Path) -> None:
    """Put the backup SAVED in the database's place; what stood there is kept beside it."""
    from storage.backup import restore as put_back
    from storage.snapshot import publish_snapshot

    kept = put_back(saved, where.database)
    publish_snapshot(where.database, where.snapshot)
    click.echo(f"{where.database} is {saved} now" + (f"; what stood there is {kept}" if kept else ""))


@click.command()
@with_place
@click.option("--drop-text-older-than", "days", type=click.IntRange(min=1), help="Days: first drop old unused text.")
def compact(where: Place, days: int | None) -> None:
    """Rewrite the database in less space. Facts, claims and quotes are never dropped."""
    from storage.backup import compact as rewrite
    from storage.backup import drop_text
    from storage.snapshot import publish_snapshot

    now = datetime.now(UTC)
    if days:
        click.echo(
            f"text of {drop_text(where.database, now - timedelta(days=days), now)} articles without claims dropped"
        )
    before, after = rewrite(where.database, now)
    publish_snapshot(where.database, where.snapshot)
    click.echo(f"{where.database}: {before:,} bytes before, {after:,} after")
