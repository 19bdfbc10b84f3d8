"""Every failure of DuckDB or the disk is named with its file and a way out."""

import errno
import fcntl
import os
from pathlib import Path

import duckdb
import pytest

from factdrift.errors import StoreUnavailable
from storage.engine import connect, database_errors, lease, store_errors, with_settings


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("IO Error: Could not set lock on file: Conflicting lock is held in python (PID 7)", "close it"),
        ("IO Error: Could not write file: No space left on device", "free some space"),
        ("TransactionContext Error: Failed to commit: Could not write file: File too large", "free some space"),
        ("TransactionContext Error: Failed to commit: Could not write file: Input/output error", "see to it and run"),
        ("FATAL Error: fsync failed!", "see to it and run again"),
        ("IO Error: Cannot open file: Permission denied", "may read and write"),
        ("Serialization Error: trying to read a database file with version number 99", "upgrade factdrift"),
        ("IO Error: Corrupt database file: computed checksum does not match", "restore a backup"),
        ("IO Error: The file exists, but it is not a valid DuckDB database file!", "restore a backup"),
        ("IO Error: Could not read from file: Is a directory", "not a folder"),
        ("Internal Error: nobody knows", "restore a backup"),
        ("", "restore a backup"),
    ],
)
def test_what_duckdb_says_is_passed_on_with_a_way_out(said: str, way_out: str) -> None:
    with pytest.raises(StoreUnavailable) as raised, database_errors(Path("/data/facts.duckdb")):
        raise duckdb.IOException(said)

    assert raised.value.what.startswith("/data/facts.duckdb: ")
    assert way_out in raised.value.way_out


@pytest.mark.parametrize(
    ("number", "way_out"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EACCES, "may write to /data"),
        (errno.EROFS, "may write to /data"),
        (errno.EDQUOT, "free some space"),
        (errno.EIO, "see to it and run again"),
        (errno.ENAMETOOLONG, "check the path and the disk"),
    ],
)
def test_what_the_disk_says_is_passed_on_with_a_way_out(number: int, way_out: str) -> None:
    with pytest.raises(StoreUnavailable) as raised, store_errors(Path("/data/facts.duckdb")):
        raise OSError(number, os.strerror(number))

    assert os.strerror(number) in raised.value.what
    assert way_out in raised.value.way_out


def test_the_holder_of_a_lease_is_named(tmp_path: Path) -> None:
    with lease(tmp_path / "db"), pytest.raises(StoreUnavailable, match=str(os.getpid())), lease(tmp_path / "db"):
        pass


def test_a_lease_whose_holder_left_no_name_is_held_all_the_same(tmp_path: Path) -> None:
    with (tmp_path / "db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(StoreUnavailable, match="unknown"), lease(tmp_path / "db"):
            pass


def test_a_lease_left_by_a_dead_process_is_free(tmp_path: Path) -> None:
    (tmp_path / "db.lock").write_text("999999")

    with lease(tmp_path / "db"):
        assert (tmp_path / "db.lock").read_text() == str(os.getpid())


def test_settings_are_as_before_when_the_work_is_done_or_failed() -> None:
    names = ("threads", "disabled_compression_methods")
    with connect(":memory:") as db:

        def now() -> list[object]:
            return [db.execute(f"SELECT lower(current_setting('{name}')::VARCHAR)").fetchall()[0][0] for name in names]

        before = now()
        with with_settings(db, threads=1, disabled_compression_methods="dictionary"):
            meanwhile = now()
        after = now()
        with pytest.raises(duckdb.Error), with_settings(db, threads=1):
            db.execute("SELECT broken")

        assert meanwhile == ["1", "dictionary"]
        assert before == after == now() != meanwhile


def test_what_failed_is_told_although_the_settings_cannot_be_restored() -> None:
    def fail(db: duckdb.DuckDBPyConnection) -> None:
        with with_settings(db, threads=1):
            db.close()
            raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"):
        fail(connect(":memory:"))
