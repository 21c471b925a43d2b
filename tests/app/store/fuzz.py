"""Damages session files in every way there is and opens them: `python -m tests.app.store.fuzz 10000 [seed]`.

Allowed is a `StoreError`, or a session as it was saved. Nothing else may be raised, and nothing may change on the disk.
"""

import random
import sqlite3
import struct
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from app.store import StoreError, open_session
from tests.app.store.sessions import assert_same, saved
from tests.traces import linear_trace

HUGE = (0, 1, 2, 127, 128, 255, 256, 4096, 65535, 1 << 20, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, -1, -(1 << 63))


def base(folder):
    """A small file with something in every table."""
    trace = linear_trace()
    return saved(
        folder / "base.retro", trace, transcript=[("input", "a = 1"), ("stdout", "x\n")],
        parts={"view": {"pass": 0, "position": 2}, "document": {"path": "/a.py", "cells": []}},
        arrays=[(0, np.ones((4, 3), np.float32))],
    )  # fmt: skip


def damaged_bytes(rng, raw):
    """The bytes of a file with a few things wrong, and the name of what was done."""
    data = bytearray(raw)
    kind = rng.choice(("bits", "bytes", "header", "cut", "longer", "zeros", "moved", "page", "integers"))
    for _ in range(rng.choice((1, 1, 1, 2, 5, 40))):
        at = rng.randrange(len(data))
        if kind == "bits":
            data[at] ^= 1 << rng.randrange(8)
        elif kind == "bytes":
            data[at] = rng.randrange(256)
        elif kind == "header":
            data[rng.randrange(100)] = rng.randrange(256)
        elif kind == "zeros":
            data[at : at + rng.randrange(1, 600)] = bytes(len(data[at : at + 1]))
        elif kind == "moved":
            size, to = rng.randrange(1, 900), rng.randrange(len(data))
            data[to : to + size] = data[at : at + size]
        elif kind == "page":
            page = 4096 * (at // 4096)
            other = 4096 * (rng.randrange(len(data)) // 4096)
            data[page : page + 4096] = data[other : other + 4096]
        elif kind == "integers":
            data[at : at + 8] = struct.pack(">q", rng.choice(HUGE))
    if kind == "cut":
        del data[rng.randrange(len(data)) :]
    elif kind == "longer":
        data += rng.randbytes(rng.randrange(1, 5000))
    return bytes(data), kind


def damage_rows(rng, path):
    """Change a field of a row through SQLite, as somebody would who knows the format."""
    connection = sqlite3.connect(path, isolation_level=None)
    table = rng.choice(("strings", "columns", "small_arrays", "arrays", "transcript", "parts", "info"))
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column = rng.choice(columns)
    keys = list(connection.execute(f"SELECT * FROM {table}"))
    old = dict(zip(columns, rng.choice(keys), strict=True))
    value = rng.choice((*HUGE, None, 1.5, "", "x" * 99, "9,9", "i4", "u1", b"", b"x\x9c" * 9, rng.randbytes(40)))
    if rng.random() < 0.3 and isinstance(old[column], int):
        value = old[column] + rng.choice((-1, 1))
    where = " AND ".join(f"{name} IS ?" for name in columns)
    try:
        if rng.random() < 0.15:
            connection.execute(f"DELETE FROM {table} WHERE {where}", tuple(old.values()))
        else:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *old.values()))
    except sqlite3.Error:
        pass  # the table's own rules forbid it, so the file stays as it was
    connection.close()
    return f"row of {table}"


def opened(path):
    """Read all of a file; "read" or the name of the error, and the trace where it was read."""
    try:
        with open_session(path) as stored:
            for handle in sorted(stored.arrays.handles):
                stored.fetch(handle)
            return "read", stored.trace
    except StoreError as error:
        text = str(error)
        assert text.endswith(".")
        assert len(text) < 400, text
        return type(error).__name__, None


def run(count, seed, folder):
    """How often each thing came of each kind of damage."""
    rng, found = random.Random(seed), Counter()
    raw = base(folder).read_bytes()
    outcome, expected = opened(folder / "base.retro")
    assert outcome == "read"
    path = folder / "damaged.retro"
    for _ in range(count):
        if rng.random() < 0.3:
            path.write_bytes(raw)
            kind, by_rows = damage_rows(rng, path), True
        else:
            data, kind = damaged_bytes(rng, raw)
            path.write_bytes(data)
            by_rows = False
        before = path.read_bytes()
        outcome, trace = opened(path)
        assert path.read_bytes() == before
        assert {other.name for other in folder.iterdir()} == {"base.retro", "damaged.retro"}
        if trace is not None and not by_rows:  # checksums see what was changed, or it was of no importance
            assert_same(trace, expected)
        found[kind, outcome] += 1
    return found


def main(arguments):
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        found = run(count, seed, Path(folder))
        seconds = time.perf_counter() - started
    for (kind, outcome), times in sorted(found.items()):
        print(f"{kind:22} {outcome:18} {times:7,}")
    print(f"{count:,} damaged files in {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
