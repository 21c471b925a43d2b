"""The canvas's frame times beside one QGraphicsItem per node, build, recolouring and picking; Enter to pixels.

Software rendering of 1600 x 1000 pixels, everything in milliseconds, medians. `far` shows the whole graph, `mid` is the
densest scale at which boxes still have round corners, `near` is 1:1. `new text` is the first frame of a part that was
never seen with text; the labels it leaves out come between the next events.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsLineItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from app.application import TURN
from engine.trace import Trace
from tests.benchmarks.wide_graph import wide_drawing, wide_trace
from tests.traces import TraceBuilder, chain_trace
from ui.canvas.camera.fitting import Camera
from ui.canvas.graph_view import GraphView
from ui.canvas.picture.drawing import Drawing, lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.picture import Picture
from ui.canvas.view import CanvasView
from ui.snapshot import Snapshot
from ui.stepping import PassSteps
from ui.theme import DARK
from ui.view_state import ViewState

SIZE = (1600, 1000)
SCALES = {"far": 0.0, "mid": 0.3, "text": 0.58, "near": 1.0}


def median(work: Callable[[], object], times: int = 7) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(taken)


def once(work: Callable[[], object]) -> float:
    return median(work, 1)


def batched(count: int) -> dict[str, float]:
    trace, width = wide_trace(count)
    found: dict[str, float] = {}
    drawing: list[Drawing] = []
    fonts = Fonts()
    found["build"] = once(lambda: drawing.append(wide_drawing(trace, width, fonts)))
    tracemalloc.start()
    kept = wide_drawing(trace, width, fonts)
    found["MB"] = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    steps = PassSteps(trace, 0)
    picture = Picture(kept, DARK, fonts)
    picture.set_step(steps, steps.count // 2)
    view = GraphView(DARK)
    view.animated = False
    view.resize(*SIZE)
    view.set_picture(picture)
    view.show()
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    middle = picture.bounds.center()

    def frame() -> None:
        view.viewport().render(image)

    frame()  # fonts and pens are made
    for name, scale in SCALES.items():
        view.look(Camera(scale or view.fitted().camera.scale, middle.x(), middle.y()))
        found[f"new {name}"] = once(frame)
        complete(view)
        found[name] = median(frame)

    def step() -> None:
        picture.set_step(steps, picture.story.position % steps.count + 1)
        frame()

    found["step near"] = median(step)
    QApplication.processEvents()
    here = [picture.box_at(middle.x() + away, middle.y(), 200.0) for away in (0.0, 190.0)]

    def one_node() -> None:
        before, picture.hovered = picture.hovered, here[picture.hovered == here[0]]
        view.item.update_boxes((before, picture.hovered))
        QApplication.processEvents()

    found["one node"] = median(one_node)
    view.look(view.fitted().camera)
    found["step far"] = median(step)
    points = np.random.default_rng(0).uniform(0, 1, (200, 2)) * [picture.bounds.width(), picture.bounds.height()]
    found["pick"] = once(lambda: [picture.box_at(x, y) for x, y in points.tolist()]) / len(points)
    view.close()
    return found


def complete(view: GraphView) -> None:
    """Let the labels that a frame had no time for find their places."""
    while view.labels.running:
        QApplication.processEvents()


def slowest_frame(trace: Trace) -> tuple[float, float]:
    """The slowest frame over zooms around the box with the most edges, and the scale it was at."""
    drawing = lay_out(Snapshot.of(trace), Fonts())
    picture, view = Picture(drawing, DARK, Fonts()), GraphView(DARK)
    view.animated = False
    view.resize(*SIZE)
    view.set_picture(picture)
    view.show()
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    middle = picture.rect(int(np.argmax(np.bincount(np.r_[drawing.graph.src, drawing.graph.dst])))).center()
    slowest = (0.0, 0.0)
    for scale in (0.001, 0.01, 0.05, 0.08, 0.2, 0.3, 0.5, 0.8, 1.0, 2.0):
        view.look(Camera(scale, middle.x(), middle.y()))
        view.viewport().render(image)
        complete(view)
        slowest = max(slowest, (median(lambda: view.viewport().render(image)), scale))
    view.close()
    return slowest


def fan(count: int, *, into: bool) -> Trace:
    """`count` leaves into one `cat`, or one leaf used `count` times."""
    b = TraceBuilder()
    b.add("sources")
    b.add("cells", source=0)
    if into:
        b.function("CatBackward0", "torch.cat(xs)", [b.leaf(f"x{i}", 1.0)[0] for i in range(count)], "y", 1.0)
    else:
        leaf = b.leaf("w", 1.0)[0]
        for _ in range(count):
            b.function("MulBackward0", "w * 2", [leaf], "y", 1.0)
    return b.build()


def one_item_per_node(count: int) -> dict[str, float]:
    """What one would write first: a rectangle with a text for each node, a line for each edge."""
    trace, width = wide_trace(count)
    drawing = wide_drawing(trace, width, Fonts())
    view = QGraphicsView()
    scene = QGraphicsScene(view)
    font = QFont()
    font.setPixelSize(14)
    rects: list[QGraphicsRectItem] = []

    def build() -> None:
        for x1, y1, x2, y2 in drawing.pieces.lines.tolist():
            line = QGraphicsLineItem(x1, y1, x2, y2)
            line.setPen(QColor(DARK.line))
            scene.addItem(line)
        for left, top, right, bottom in drawing.rects.tolist():
            rect = QGraphicsRectItem(left, top, right - left, bottom - top)
            rect.setBrush(QColor(DARK.raised))
            text = QGraphicsSimpleTextItem("MulBackward0", rect)
            text.setFont(font)
            text.setBrush(QColor(DARK.text))
            text.setPos(left + 12, top + 12)
            scene.addItem(rect)
            rects.append(rect)

    found = {"build": once(build)}
    view.setScene(scene)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.resize(*SIZE)
    view.show()
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    left, top, right, bottom = drawing.bounds
    bounds = QRectF(left, top, right - left, bottom - top)

    def frame() -> None:
        view.viewport().render(image)

    for name, scale in SCALES.items():
        view.resetTransform()
        if scale:
            view.scale(scale, scale)
            view.centerOn(bounds.center())
        else:
            view.fitInView(bounds, Qt.AspectRatioMode.KeepAspectRatio)
        frame()
        found[name] = median(frame, 3)
    view.fitInView(bounds, Qt.AspectRatioMode.KeepAspectRatio)

    def recolour() -> None:
        for rect in rects:
            rect.setBrush(QColor(DARK.function_fill))
        frame()

    found["step far"] = once(recolour)
    view.close()
    return found


def enter_to_pixels(app: QApplication) -> float:
    """From the signal that the trace has grown to the painted frame, for a graph of 50 nodes."""

    def run() -> float:
        state = ViewState()
        canvas = CanvasView(state, DARK)
        canvas.set_animated(False)
        canvas.resize(*SIZE)
        canvas.show()
        app.processEvents()
        trace = chain_trace(16)
        begin = time.perf_counter()
        state.set_trace(trace)
        while canvas.busy:
            app.processEvents()
        canvas.graph.viewport().repaint()
        taken = (time.perf_counter() - begin) * 1e3
        canvas.close_job()
        canvas.close()
        return taken

    return statistics.median(run() for _ in range(7))


def longest_stall(app: QApplication, count: int) -> tuple[float, float]:
    """The longest turn of the event loop while a layout runs beside it, and how long that layout took."""
    state = ViewState()
    canvas = CanvasView(state, DARK)
    canvas.resize(*SIZE)
    canvas.show()
    app.processEvents()
    trace = chain_trace(count // 3)
    begin = last = time.perf_counter()
    state.set_trace(trace)
    longest = 0.0
    while canvas.busy:
        app.processEvents()
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    canvas.close_job()
    return longest * 1e3, (last - begin) * 1e3


def main() -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    sys.setswitchinterval(TURN)  # as in the application
    print(f"Enter to pixels, 50 nodes: {enter_to_pixels(app):.0f} ms")
    columns = ["build", "MB", *SCALES, "new text", "step near", "step far", "one node", "pick"]
    print(f"{'':24}" + "".join(f"{name:>10}" for name in columns))
    for count in (2_000, 20_000, 100_000):
        gc.collect()
        for name, run in (("batched", batched), ("an item per node", one_item_per_node)):
            if run is one_item_per_node and count > 20_000:
                continue  # 100,000 take minutes and 2 GB
            found = run(count)
            cells = "".join(
                f"{found[c]:10.3f}" if c == "pick" and c in found else f"{found.get(c, np.nan):10.1f}" for c in columns
            )
            print(f"{count:>7,} {name:16}{cells}", flush=True)
    for title, into, count in (("a leaf used 5,000 times", False, 5_000), ("10,000 leaves into one cat", True, 10_000)):
        frame, scale = slowest_frame(fan(count, into=into))
        print(f"slowest frame of {title}: {frame:.1f} ms, at scale {scale:g}")
    for count in (20_000, 100_000):
        stall, whole = longest_stall(app, count)
        print(f"longest turn of the event loop while {count:,} nodes are laid out ({whole:.0f} ms): {stall:.0f} ms")


if __name__ == "__main__":
    main()
