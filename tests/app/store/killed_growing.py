"""Lets a session file grow in child processes, and kills each at a random moment.

`python -m tests.app.store.killed_growing FOLDER COUNT` prints how many additions were found on average; a file that
cannot be read, or holds less than what was written before the kill, ends it with an error.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from app.store import Growth, open_session
from app.store.growing import GrowingFile, files_of, finished
from engine.trace import Trace
from tests.traces import TraceBuilder


def growing(path, told):
    """Additions without end; each is told when it is on the disk."""
    builder, growth = TraceBuilder(), Growth()
    builder.add("sources", title="cell 1", text="...")
    builder.add("cells", source=0, number=1)
    file, count = GrowingFile(path), 0
    while True:
        for number in range(200):
            builder.tensor(f"x{count}_{number}", float(number))
        builder.add("arrays", shape="1000", dtype="float32", nbytes=4000)
        trace = builder.build()
        file.add(growth.take(trace), [("stdout", f"{count}\n")], {"view": {"count": count}})
        file.add(arrays=[(len(trace.arrays) - 1, np.full(1000, count, np.float32))])
        count += 1
        os.write(told, b"!")


def found(path):
    """How many additions are in the file; what is in it must fit together."""
    with open_session(finished(path)) as stored:
        trace: Trace = stored.trace
        count = stored.view["count"] + 1 if stored.parts else 0
        assert len(trace.nodes) == 200 * count
        assert stored.transcript == [("stdout", f"{number}\n") for number in range(count)]
        for number, handle in enumerate(sorted(stored.arrays.handles)):
            assert (stored.fetch(handle) == number).all()
    return count


def main(folder, count):
    rng, total = random.Random(5), 0
    for number in range(count):
        path = folder / f"{number}.retro"
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            growing(path, writer)
        os.read(reader, 1)
        time.sleep(rng.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(writer)
        told = 1 + len(os.read(reader, 65536))
        os.close(reader)
        there = found(path)
        assert there in (told, told + 1), (there, told)
        total += there
        for file in files_of(path):
            file.unlink()
    print(total / count)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
