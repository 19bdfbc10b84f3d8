"""Copies are whole, and upkeep changes nothing that was known."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest
from storage_cases import FACT, NOW, TOPIC, article, at, batch, claim, fold, write

from factdrift.errors import StoreUnavailable, UsageError
from storage.backup import back_up, compact, drop_text, restore
from storage.database import open_store
from storage.engine import lease
from storage.export import EXPORTS, export
from storage.records import StoredArticle
from storage.snapshot import publish_snapshot
from storage.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "facts.duckdb"
    write(path, batch("r1", article(1)))
    return path


def count(path: Path, table: str) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def test_a_snapshot_holds_rows_views_and_macros(path: Path, tmp_path: Path) -> None:
    snapshot = publish_snapshot(path, tmp_path / "deep" / "snapshot.duckdb")

    assert count(snapshot, "fact_now") == 1
    assert count(snapshot, "facts_as_of(TIMESTAMPTZ '2024-06-01', TIMESTAMPTZ '2024-06-01')") == 1


def test_a_reader_keeps_its_version_when_a_new_snapshot_replaces_it(path: Path, tmp_path: Path) -> None:
    snapshot = publish_snapshot(path, tmp_path / "snapshot.duckdb")

    with duckdb.connect(str(snapshot), read_only=True) as reader:
        write(path, batch("r2", article(2, percent=43, day=1)))
        publish_snapshot(path, snapshot)
        seen = reader.execute("SELECT count(*) FROM articles").fetchall()

    assert seen == [(1,)]
    assert count(snapshot, "articles") == 2


def test_no_snapshot_is_taken_while_a_run_writes(path: Path, tmp_path: Path) -> None:
    with lease(path), pytest.raises(StoreUnavailable, match="another run is writing"):
        publish_snapshot(path, tmp_path / "snapshot.duckdb")

    assert not (tmp_path / "snapshot.duckdb").exists()


def test_a_snapshot_that_cannot_be_written_leaves_the_old_one(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable):
        publish_snapshot(path, tmp_path / "file" / "snapshot.duckdb")

    assert count(path, "articles") == 1


def test_a_backup_is_restored_and_what_stood_there_is_kept(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backup.duckdb")
    write(path, batch("r2", article(2)))

    kept = restore(backup, path)

    assert count(path, "articles") == 1
    assert kept is not None
    assert count(kept, "articles") == 2


def test_a_log_that_was_not_folded_in_is_set_aside_with_its_database(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "saved.duckdb")
    path.with_name(f"{path.name}.wal").write_bytes(b"left by a crash")

    kept = restore(backup, path)

    assert kept is not None
    log = kept.with_name(f"{kept.name}.wal")
    assert log.read_bytes() == b"left by a crash"
    assert verify(path).problems == ()
    again = restore(backup, path)
    assert again is not None
    assert not again.with_name(f"{again.name}.wal").exists()  # it belonged to the file that was set aside before
    assert log.exists()


def test_a_second_restore_keeps_what_the_first_had_set_aside(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backup.duckdb")
    write(path, batch("r2", article(2)))

    first = restore(backup, path)
    second = restore(backup, path)
    assert first is not None
    back = restore(first, path)

    assert (first.name, second and second.name, back and back.name) == tuple(
        f"{path.name}.before-restore{number}" for number in ("", "-2", "-3")
    )
    assert count(first, "articles") == count(path, "articles") == 2


def test_a_log_without_its_database_is_not_taken_for_the_restored_ones(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "saved.duckdb")
    path.unlink()
    path.with_name(f"{path.name}.wal").write_bytes(b"left by a crash")

    restore(backup, path)

    assert verify(path).problems == ()


def test_a_backup_restores_a_file_that_is_gone_or_damaged(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backup.duckdb")
    path.write_bytes(b"damaged")

    restore(backup, path)

    assert count(path, "articles") == 1
    assert restore(backup, tmp_path / "elsewhere.duckdb") is None


def test_a_backup_never_overwrites(path: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")

    with pytest.raises(UsageError, match="exists"):
        back_up(path, tmp_path / "there")


@pytest.mark.parametrize("content", ["no database", None], ids=["text", "other database"])
def test_what_is_no_backup_is_not_restored(path: Path, tmp_path: Path, content: str | None) -> None:
    strange = tmp_path / "strange"
    if content is None:
        duckdb.connect(str(strange)).close()
    else:
        strange.write_text(content)

    with pytest.raises(StoreUnavailable, match="strange"):
        restore(strange, path)

    assert count(path, "articles") == 1


def test_a_backup_of_a_newer_schema_is_not_restored(path: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.duckdb"
    shutil.copyfile(path, newer)
    with duckdb.connect(str(newer)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, 'later', 'x', now())")

    with pytest.raises(StoreUnavailable, match="newer factdrift"):
        restore(newer, path)


@pytest.mark.parametrize("action", [lambda p: back_up(p, p), lambda p: compact(p, NOW), lambda p: restore(p, p)])
def test_a_missing_file_is_named(tmp_path: Path, action: object) -> None:
    with pytest.raises(StoreUnavailable, match="no such file"):
        action(tmp_path / "none.duckdb")  # type: ignore[operator]


def test_compacting_keeps_every_row_and_gives_space_back(path: Path) -> None:
    noise = [replace(article(n), text=f"{n} " + "word " * 2000) for n in range(10, 400)]
    write(path, batch("r2", articles=tuple(StoredArticle(each) for each in noise), day=1))
    with open_store(path, now=NOW) as store:
        before = store.standing(TOPIC)

    dropped = drop_text(path, at(30), at(31))
    size_before, size_after = compact(path, at(31))

    assert dropped == len(noise)
    assert size_after < size_before
    assert count(path, "articles") == len(noise) + 1
    with open_store(path, now=NOW) as store:
        assert store.standing(TOPIC) == before


def test_the_text_of_claims_is_never_dropped(path: Path) -> None:
    assert drop_text(path, at(30), at(31)) == 0


def test_parquet_is_filed_by_month(path: Path, tmp_path: Path) -> None:
    later = article(2, percent=43, day=40)
    write(path, batch("r2", later, day=40, ledgers={FACT: fold([claim(article(1)), claim(later, percent=43)])}))
    snapshot = publish_snapshot(path, tmp_path / "snapshot.duckdb")

    made = export(snapshot, tmp_path / "out", "parquet")

    assert [each.name for each in made] == sorted(EXPORTS)
    months = sorted(each.name for each in (tmp_path / "out" / "change_feed").iterdir())
    assert months == ["month=2024-05", "month=2024-06"]
    assert parquet.read_table(tmp_path / "out" / "fact_history").num_rows == 3


def test_csv_holds_no_formula(path: Path, tmp_path: Path) -> None:
    evil = replace(article(2), title='=HYPERLINK("http://x")', outlet="@cmd", url="+1")
    write(path, batch("r2", articles=(StoredArticle(evil),), day=1))
    snapshot = publish_snapshot(path, tmp_path / "snapshot.duckdb")

    export(snapshot, tmp_path / "out", "csv")

    with (tmp_path / "out" / "articles.csv").open(newline="") as file:
        rows = {row["version_id"]: row for row in csv.DictReader(file)}
    assert (rows["v2"]["title"], rows["v2"]["outlet"], rows["v2"]["url"]) == ("'" + evil.title, "'@cmd", "'+1")
    assert rows["v1"]["outlet"] == "Example News"


def test_export_leaves_a_full_folder_alone(path: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")

    with pytest.raises(UsageError, match="not empty"):
        export(publish_snapshot(path, tmp_path / "snapshot.duckdb"), tmp_path / "out", "csv")


def test_export_fills_an_empty_folder_and_needs_a_snapshot(path: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    with pytest.raises(StoreUnavailable, match="no snapshot yet"):
        export(tmp_path / "none", tmp_path / "out", "csv")

    assert len(export(publish_snapshot(path, tmp_path / "snapshot.duckdb"), tmp_path / "out", "csv")) == len(EXPORTS)
