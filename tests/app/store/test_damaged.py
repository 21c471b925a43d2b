"""Files of others: every one is refused in a sentence, nothing in them runs, nothing is changed."""

import sqlite3
import zlib

import numpy as np
import pytest

from app.store import (
    CannotReadError,
    DamagedFileError,
    ForeignFileError,
    NewerFileError,
    StoreError,
    open_session,
)
from app.store.checks import check_acyclic
from app.store.layout import APPLICATION_ID, COLUMNS, VERSION, checksum
from engine.trace import Batch
from tests.app.store import fuzz
from tests.app.store.sessions import saved
from tests.tapes import started
from tests.traces import TraceBuilder, seed_trace


@pytest.fixture
def file(tmp_path):
    return saved(tmp_path / "a.retro", seed_trace(), parts={"view": {"position": 1}})


def change(path, statement, *values):
    """Run a statement on the file; rows that it changed have the right checksums again."""
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    for table, columns in COLUMNS.items():
        for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall():
            where = " AND ".join(f"{name} IS ?" for name in columns)
            connection.execute(f"UPDATE {table} SET crc = ? WHERE {where}", (checksum(row), *row))
    connection.commit()
    connection.close()


def refused(path, kind=DamagedFileError, match=None):
    before = path.read_bytes()
    with pytest.raises(kind, match=match) as caught:
        open_session(path)
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    return str(caught.value)


def test_a_thousand_damaged_files_are_refused_or_read_as_they_were(tmp_path):
    found = fuzz.run(1000, 7, tmp_path)
    assert sum(found.values()) == 1000
    outcomes = {outcome for _, outcome in found}
    assert outcomes == {"read", "DamagedFileError", "ForeignFileError", "NewerFileError"}


def test_a_newer_version_says_that_an_update_is_needed(file):
    change(file, f"PRAGMA user_version = {VERSION + 1}")
    assert "Update Retrograde" in refused(file, NewerFileError)


@pytest.mark.parametrize("content", [b"import torch\n", b"SQLite format 3\0", b"x" * 5000, b"\0" * 200])
def test_another_file_is_no_session(tmp_path, content):
    path = tmp_path / "a.retro"
    path.write_bytes(content)
    refused(path, ForeignFileError, "not a session")


def test_the_database_of_another_program_is_no_session(tmp_path):
    path = tmp_path / "a.retro"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE strings (a)")
    connection.commit()
    connection.close()
    refused(path, ForeignFileError, "a database, but not")


def test_a_missing_file_a_folder_and_an_empty_file_say_so(tmp_path):
    with pytest.raises(CannotReadError, match="does not exist"):
        open_session(tmp_path / "none.retro")
    with pytest.raises(CannotReadError, match="folder"):
        open_session(tmp_path)
    path = tmp_path / "empty.retro"
    path.touch()
    refused(path, DamagedFileError, "empty")


def test_a_file_that_is_cut_off_says_so(file):
    file.write_bytes(file.read_bytes()[:-5000])
    refused(file, DamagedFileError, "cut off")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER bad AFTER UPDATE ON info BEGIN DELETE FROM strings; END",
        "CREATE VIEW bad AS SELECT writefile('x', data) FROM strings",
        "CREATE VIRTUAL TABLE bad USING fts5(x)",
        "CREATE TABLE further (a)",
        "CREATE INDEX bad ON strings (zeroblob(1))",
        "ALTER TABLE strings ADD COLUMN more TEXT",
        "DROP TABLE parts",
    ],
)
def test_nothing_but_our_own_tables_is_taken(file, statement):
    try:
        connection = sqlite3.connect(file)
        connection.execute(statement)
        connection.close()
    except sqlite3.OperationalError as error:
        pytest.skip(f"this SQLite cannot make it: {error}")
    refused(file, match="tables are not those")


def test_a_view_in_place_of_a_table_is_not_taken(file):
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE strings")
    connection.execute(
        "CREATE VIEW strings AS SELECT 1 AS first, 1 AS count, 1 AS size, randomblob(9) AS data, 0 AS crc"
    )
    connection.close()
    refused(file, match="tables are not those")


def test_a_decompression_bomb_is_not_unpacked(file):
    bomb = zlib.compress(bytes(300 << 20), 9)
    change(file, "UPDATE strings SET data = ?, size = ?", bomb, 300 << 20)
    refused(file, match="more than any session")


def test_a_bomb_that_lies_about_its_size_is_stopped_there(file):
    change(file, "UPDATE strings SET data = ?", zlib.compress(bytes(300 << 20), 9))
    refused(file, match="does not have the size")


@pytest.mark.parametrize("rows", [1 << 40, (1 << 63) - 1, 20_000_000])
def test_huge_counts_take_no_memory(file, rows):
    change(file, "UPDATE columns SET rows = ? WHERE table_name = 'nodes'", rows)
    refused(file, match="more than any session|does not have the size")


def test_many_parts_below_the_limit_are_added_up(file):
    connection = sqlite3.connect(file)
    data = zlib.compress(bytes(60 << 20), 9)
    for number in range(1000, 1040):
        row = (number, number, "nodes", "line", "i4", 15 << 20, data)
        connection.execute("INSERT INTO columns VALUES (?,?,?,?,?,?,?,?)", (*row, checksum(row)))
    connection.commit()
    connection.close()
    change(file, "UPDATE totals SET count = count + 40 WHERE name = 'columns'")
    refused(file, match="more than any session")


def test_rows_that_were_taken_away_are_missed(file):
    change(file, "DELETE FROM columns WHERE column_name = 'kind'")
    refused(file, match="rows of its table columns are missing")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("nodes", {"kind": 9}),
        ("nodes", {"shape": "3,-1"}),
        ("nodes", {"shape": "9" * 30}),
        ("edges", {"kind": 4}),
        ("edges", {"src": 2, "dst": 2}),
        ("passes", {"status": 7}),
        ("events", {"kind": 200}),
        ("scopes", {"kind": 0, "parent": 0}),
        ("arrays", {"shape": "2", "dtype": "object", "nbytes": 16}),
        ("arrays", {"shape": "2", "dtype": "float32", "nbytes": 9}),
        ("steps", {"pass_": -1, "node": 0}),
    ],
)
def test_rows_without_a_meaning_are_refused(tmp_path, table, values):
    builder = started()
    builder.tensor("x", 1.0)
    builder.tensor("y", 1.0)
    builder.constant("2")
    builder.add(table, **values)
    refused(saved(tmp_path / "a.retro", builder.build()))


def test_references_to_rows_that_are_not_there_are_refused(tmp_path):
    trace = seed_trace()
    edges = {name: getattr(trace.edges, name).copy() for name in ("kind", "src", "dst", "slot", "name")}
    edges["dst"][:] = 10_000
    trace.edges._append(edges, len(edges["dst"]))
    refused(saved(tmp_path / "a.retro", trace), match="not there")


def test_a_truth_value_is_zero_or_one(tmp_path):
    builder = TraceBuilder()
    builder.add("arrays", shape="4", dtype="bool", nbytes=4)
    trace = builder.build()
    trace.extend(Batch(values={0: np.array([0, 1, 2, 255], np.uint8).view(bool)}))
    refused(saved(tmp_path / "a.retro", trace), match="truth value")


@pytest.mark.parametrize("name", ["a?mode=rwc.retro", "a#b.retro", "100%25.retro", "ü 漢.retro", "file:a.retro", "-o"])
def test_the_name_of_a_file_is_only_a_name(tmp_path, name):
    path = saved(tmp_path / name, seed_trace())
    assert path.name == name
    with open_session(path) as stored:
        assert len(stored.trace.nodes) == 13


def test_journals_beside_a_file_are_left_alone(tmp_path, file):
    for suffix in ("-journal", "-wal", "-shm"):
        (tmp_path / f"a.retro{suffix}").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    with open_session(file) as stored:
        assert len(stored.trace.nodes) == 13
    assert len(list(tmp_path.iterdir())) == 4


def test_what_other_versions_of_this_format_add_is_left_alone(file):
    connection = sqlite3.connect(file)
    row = list(
        connection.execute("SELECT * FROM columns WHERE table_name = 'nodes' AND column_name = 'kind'").fetchone()
    )
    for number, (table, column) in enumerate((("nodes", "colour"), ("moods", "kind")), 1000):
        row[:4] = number, row[1], table, column
        connection.execute("INSERT INTO columns VALUES (?,?,?,?,?,?,?,?)", (*row[:7], checksum(row[:7])))
    connection.commit()
    connection.close()
    change(file, "UPDATE totals SET count = count + 2 WHERE name = 'columns'")
    with open_session(file) as stored:
        assert len(stored.trace.nodes) == 13


def test_columns_that_an_older_version_did_not_have_are_filled_with_nothing(file):
    connection = sqlite3.connect(file)
    for table, column in (("nodes", "scope"), ("nodes", "rule"), ("passes", "outer")):
        connection.execute("DELETE FROM columns WHERE table_name = ? AND column_name = ?", (table, column))
    connection.commit()
    connection.close()
    change(file, "UPDATE totals SET count = (SELECT count(*) FROM columns) WHERE name = 'columns'")
    with open_session(file) as stored:
        assert stored.trace.nodes.scope.tolist() == [-1] * 13
        assert stored.trace.node(3).rule == ""
        assert stored.trace.passes.outer.tolist() == [-1]


def test_a_damaged_array_says_so_when_it_is_asked_for(tmp_path):
    trace = TraceBuilder()
    trace.add("arrays", shape="1000", dtype="float32", nbytes=4000)
    path = saved(tmp_path / "a.retro", trace.build(), arrays=[(0, np.ones(1000, np.float32))])
    change(path, "UPDATE arrays SET size = 4004")
    with open_session(path) as stored, pytest.raises(StoreError, match="damaged"):
        stored.fetch(0)


def test_the_marks_of_the_file_are_what_the_format_says(file):
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_graph_that_goes_in_a_circle_is_told_from_one_whose_rows_are_only_out_of_order():
    check_acyclic(4, np.array([3, 2, 1]), np.array([2, 1, 0]))
    check_acyclic(7, np.array([6, 5, 4, 3, 2, 1]), np.array([5, 4, 3, 2, 1, 0]))
    with pytest.raises(ValueError, match="circle"):
        check_acyclic(4, np.array([0, 1, 2, 3]), np.array([1, 2, 1, 0]))
