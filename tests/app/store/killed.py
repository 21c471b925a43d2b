"""Saves a session over another one again and again in child processes, and kills each at a random moment.

`python -m tests.app.store.killed FOLDER COUNT` prints how often the old file was there afterwards and how often the new
one; anything else ends it with an error. A process of its own, which forks: a new interpreter for each would take far
longer than the saving.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from app.store import Contents, Growth, open_session, save_session
from tests.traces import chain_trace

LENGTHS = (900, 1100)  # of the two sessions that take turns


def contents(length):
    trace = chain_trace(length)
    noise = np.frombuffer(np.random.default_rng(length).bytes(1 << 20), np.float32)
    trace.extend(_large(trace, noise))
    handle = len(trace.arrays) - 1
    return Contents(Growth().take(trace), parts={"view": {"length": length}}, arrays=[(handle, noise)])


def _large(trace, value):
    from engine.trace import Batch

    columns = {name: getattr(trace.arrays, name)[-1:].copy() for name in trace.arrays._columns}
    columns["nbytes"][:] = value.nbytes
    columns["shape"][:] = len(trace.strings)
    return Batch({"arrays": columns}, [str(len(value))])


def version(path):
    """Which of the sessions is in the file; all of it must be there."""
    with open_session(path) as stored:
        length = stored.view["length"]
        assert int(stored.trace.passes.steps[-1]) == length + 1
        for handle in stored.arrays.handles:
            stored.fetch(handle)
    return length


def main(folder, count):
    path, rng, found = folder / "a.retro", random.Random(3), Counter()
    sessions = {length: contents(length) for length in LENGTHS}
    old, new = LENGTHS
    save_session(path, sessions[old])
    started = time.perf_counter()
    save_session(path, sessions[old])
    longest = 1.5 * (time.perf_counter() - started)
    for _ in range(count):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, b"!")
            save_session(path, sessions[new])
            os._exit(0)
        os.read(reader, 1)
        time.sleep(rng.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)
        there = version(path)
        assert there in (old, new)
        found["new" if there == new else "old"] += 1
        longest *= 0.95 if there == new else 1.03  # the machine may be slower or quicker than it was
        if there == new:
            old, new = new, old
    left = [part.name for part in folder.iterdir() if part != path]
    print(found["old"], found["new"], len(left))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
