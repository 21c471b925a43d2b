"""Steps and jumps: state from columns beside state by replaying, the canvas's recolouring, and all docks together.

Milliseconds of the window's thread (other processes share the machine), medians; every step is a jump to a random
position, painted. `replay` walks from the seed to the position and adds up what has arrived, as one would without an
index.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from engine.trace import Trace
from tests.benchmarks.wide_graph import wide_drawing, wide_trace
from ui.canvas.camera.fitting import Camera
from ui.canvas.graph_view import GraphView
from ui.canvas.picture.changes import changed_area, looks_of
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.picture import Picture
from ui.inspector import Inspector
from ui.step_panel import StepPanel
from ui.stepping import PassSteps
from ui.theme import DARK
from ui.timeline import Timeline
from ui.view_state import ViewState

SIZE = (1600, 1000)
BUDGETS = {5_000: 16.0, 100_000: 50.0}
DOCKS = {"timeline": (Timeline, 900), "step panel": (StepPanel, 360), "inspector": (Inspector, 360)}


def timed(work: Callable[[int], object], positions: list[int]) -> float:
    taken = []
    for position in positions:
        begin = time.thread_time()
        work(position)
        taken.append((time.thread_time() - begin) * 1e3)
    return statistics.median(taken)


def from_columns(steps: PassSteps, position: int) -> None:
    """All that a position is asked for."""
    steps.node_states(position)
    steps.edge_states(position)
    steps.waits_for(position)
    steps.queue(position)


def replayed(trace: Trace, steps: PassSteps, position: int) -> None:
    """The same, by walking there: who waits for how much, who is done, what every edge carries."""
    targets, rows = trace.flows.target.tolist(), trace.flows.step.tolist()
    missing: dict[int, int] = {}
    for target in targets:
        missing[target] = missing.get(target, 0) + 1
    carried, done = set(), set()
    edges = trace.flows.edge.tolist()
    for k, target in enumerate(targets):
        if rows[k] > position:
            break
        missing[target] -= 1
        carried.add(edges[k])
    done.update(steps.node_at[:position].tolist())
    sorted(node for node, count in missing.items() if not count and node not in done)


def on_canvas(trace: Trace, width: int, positions: list[int]) -> dict[str, float]:
    """Recolouring and painting a frame, from near and with the whole graph in view."""
    fonts = Fonts()
    picture, steps = Picture(wide_drawing(trace, width, fonts), DARK, fonts), PassSteps(trace, 0)
    picture.set_step(steps, 0)
    view = GraphView(DARK)
    view.animated = False
    view.resize(*SIZE)
    view.set_picture(picture)
    view.show()
    middle = picture.bounds.center()

    def step(position: int) -> None:
        before = looks_of(picture)
        picture.set_step(steps, position)
        view.show_step(changed_area(before, picture), pulse=True)
        QApplication.processEvents()

    found = {}
    for name, camera in (("near", Camera(1.0, middle.x(), middle.y())), ("far", view.fitted().camera)):
        view.look(camera)
        step(0)
        found[f"canvas, jump {name}"] = timed(step, positions)
        # A step on, where the camera looks: the node that runs is brought into view.
        middle_box = int(np.argmin(np.abs(picture.drawing.rects[steps.node_at, :2] - [middle.x(), middle.y()]).sum(1)))
        step(middle_box)
        found[f"canvas, step {name}"] = timed(step, list(range(middle_box + 1, middle_box + 41)))
    view.close()
    return found


def in_docks(trace: Trace, positions: list[int]) -> dict[str, float]:
    """A step as the docks around the canvas follow it, painted."""
    found = {}
    for name, (make, width) in DOCKS.items():
        found[name] = in_dock(trace, make, width, positions)
    found["docks"] = sum(found.values())
    return found


def in_dock(trace: Trace, make: Callable[[ViewState], QWidget], width: int, positions: list[int]) -> float:
    state = ViewState(trace)
    state.set_step(0, 1)
    window = QWidget()
    QHBoxLayout(window).addWidget(make(state))
    window.resize(width, 800)
    window.show()

    def step(position: int) -> None:
        state.set_position(position)
        QApplication.processEvents()
        QApplication.processEvents()  # what waits for the turn after the change

    step(positions[0])
    taken = timed(step, positions)
    window.close()
    return taken


def rows(count: int) -> dict[str, float]:
    trace, width = wide_trace(count)
    steps = PassSteps(trace, 0)
    random = np.random.default_rng(0)
    positions = random.integers(1, steps.count, 41).tolist()
    few = positions[: 41 if count <= 10_000 else 5]
    found = {"index": timed(lambda _: PassSteps(trace, 0), [0] * 5)}
    found["columns"] = timed(lambda k: from_columns(steps, k), positions)
    found["replay"] = timed(lambda k: replayed(trace, steps, k), few)
    found["replay / columns"] = found["replay"] / found["columns"]
    found |= on_canvas(trace, width, positions)
    found |= in_docks(trace, positions)
    found["step, all"] = found["canvas, step near"] + found["docks"]
    found["jump, all"] = found["canvas, jump near"] + found["docks"]
    found["of the budget"] = found["step, all"] / BUDGETS[count]
    return found


def main() -> None:
    app = QApplication.instance() or QApplication([])
    measured = {count: rows(count) for count in BUDGETS}
    print(f"{'':<18}" + "".join(f"{count:>12,}" for count in measured))
    for name in measured[5_000]:
        print(f"{name:<18}" + "".join(f"{found[name]:>12.2f}" for found in measured.values()))
    del app


if __name__ == "__main__":
    main()
