"""Exports, from the request to the file on the disk: milliseconds (median) and bytes.

The wide graph is laid out before; `with layout` begins at the trace. QImageWriter is what Qt itself would take for the
same PNG, in one thread.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.export import ExportRequest, Kind, export, format_of
from app.export.formats import FORMATS
from app.export.raster import painted
from app.export.sheet import Sheet
from tests.benchmarks.wide_graph import wide_drawing, wide_trace
from tests.traces import chain_trace
from ui.canvas.picture.fonts import Fonts


def median(work: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(taken)


def wide(count: int, **more: object) -> ExportRequest:
    trace, width = wide_trace(count)
    return ExportRequest(trace, 0, 5, drawing=wide_drawing(trace, width, Fonts()), **more)


def line(name: str, path: Path, request: ExportRequest, times: int = 5) -> None:
    taken = median(lambda: export(path, request), times)
    print(f"{name:46}{taken:10.0f} ms {path.stat().st_size:14,} bytes", flush=True)


def main() -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        large, small = wide(10_000), wide(500, scale=4.0)
        line("SVG of 10,000 nodes (goal 3,000 ms)", place / "g.svg", large)
        chain = ExportRequest(chain_trace(3_333), 0, 5)
        line("SVG of a chain of 10,000 nodes, with layout", place / "g.svg", chain, 3)
        line("PDF of 10,000 nodes", place / "g.pdf", wide(10_000), 3)
        line("PNG 4x of 500 nodes (goal 1,000 ms)", place / "g.png", small)
        width, height = Sheet(small).pixels
        print(f"{'':4}{width:,} x {height:,} pixels; painted as one image, by QImageWriter: ", end="", flush=True)
        print(f"{median(lambda: painted(Sheet(small), 5).save(str(place / 'q.png')), 1):.0f} ms", flush=True)
        pass_ = ExportRequest(chain_trace(66), 0, steps=(0, 59), seconds=0.5)
        for suffix, goal in ((".gif", "goal 6,000 ms"), (".apng", "60 frames"), (".html", "60 steps")):
            line(f"{suffix[1:].upper()}, 60 positions of 200 nodes ({goal})", place / f"p{suffix}", pass_, 3)
        for form in FORMATS:
            if form.kind is Kind.DATA:
                begin = time.perf_counter()
                files = export(place / f"d{form.suffix}", large, format_of("", form.id))
                taken = (time.perf_counter() - begin) * 1e3
                size = sum(file.stat().st_size for file in files)
                print(f"{form.name + ' of 10,000 nodes':46}{taken:10.0f} ms {size:14,} bytes", flush=True)
    del app


if __name__ == "__main__":
    main()
