"""Large graphs made small: modules, turns of loops and repeated blocks as one box each, opened where one looks."""

import pytest
from PySide6.QtCore import Qt

from engine.trace import NONE
from tests.e2e.stories import play, run_typed, settled
from ui.canvas.shown.shown_graph import GROUP
from ui.shown_state import Grouping

MODEL = """
import torch
class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.near, self.far = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
    def forward(self, x):
        return x + self.far(torch.relu(self.near(x)))

net = torch.nn.Sequential(*[Layer() for _ in range(12)])
loss = net(torch.ones(3, 4)).sum()
loss.backward()
"""
TRAINING = """
import torch
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
X, Y = torch.randn(16, 2), torch.randn(16, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(200):
    loss = ((net(X) - Y) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
"""


def titles(window):
    """What the boxes of closed groups say."""
    graph = window.canvas.picture.drawing.graph
    return [graph.title_text(box) for box in range(len(graph.node)) if graph.kind[box] == GROUP]


def choose(qtbot, window, menu, text):
    """Choose an entry of a menu of choices."""
    choices = window.menus.choices[menu]
    choices.aboutToShow.emit()
    next(action for action in choices.actions() if action.text() == text).trigger()
    settled(qtbot, window)


def do(qtbot, window, action):
    """Trigger an action that must be offered."""
    assert window.menus.actions[action].isEnabled()
    window.menus.actions[action].trigger()
    settled(qtbot, window)


def box_named(window, title):
    """The box with this title."""
    graph = window.canvas.picture.drawing.graph
    return next(box for box in range(len(graph.node)) if graph.title_text(box) == title)


def test_a_model_of_twelve_layers_is_closed_and_opened_layer_by_layer_while_a_pass_is_stepped(qtbot):
    def story(window):
        window.resize(1600, 900)  # where every crumb has room
        window.settings.set("reduced_motion", True)
        run_typed(qtbot, window, MODEL)
        settled(qtbot, window)
        assert len(window.canvas.picture.drawing.rects) == len(window.view_state.trace.nodes)
        choose(qtbot, window, "group_by", Grouping.BY_MODULE.value)
        do(qtbot, window, "collapse_all")
        assert titles(window) == ["net (Sequential)"]
        graph = window.canvas.graph
        graph.setFocus()
        window.view_state.select([int(window.canvas.picture.drawing.graph.node[box_named(window, "net (Sequential)")])])
        qtbot.keyClick(graph, Qt.Key.Key_Return)
        settled(qtbot, window)
        assert titles(window) == [f"{k} (Layer)" for k in range(12)]
        crumbs = [crumb.accessibleName() for crumb in window.canvas.crumbs.crumbs]
        assert crumbs == ["Whole graph", "net (Sequential)", "0 (Layer)"]

        box = box_named(window, "11 (Layer)")
        window.view_state.set_step(0, 1)
        captions = set()
        for _ in range(window.view_state.step_count - 1):
            window.menus.actions["step_forward"].trigger()
            picture = window.canvas.picture
            captions.add(picture.second_line(box))
            node = picture.story.run.steps.node(window.view_state.position)
            assert picture.story.now_box == picture.drawing.graph.box_of[node]
        assert {"now · 0 of 10 done", "now · 9 of 10 done", "waits"} & captions
        assert any(caption.startswith("done · max ‖") for caption in captions)

        window.canvas.graph.reveal(window.canvas.picture.rect(box))
        window.view_state.select([int(window.canvas.picture.drawing.graph.node[box])])
        do(qtbot, window, "expand")
        assert "near (Linear)" in titles(window)
        assert "11 (Layer)" not in titles(window)
        do(qtbot, window, "collapse_group")
        assert titles(window) == [f"{k} (Layer)" for k in range(12)]
        do(qtbot, window, "expand_all")
        assert titles(window) == []

    assert play([], story) == 0


def test_a_step_opens_the_group_it_happens_in_where_that_is_wanted(qtbot):
    def story(window):
        window.settings.set("reduced_motion", True)
        run_typed(qtbot, window, MODEL)
        settled(qtbot, window)
        do(qtbot, window, "collapse_all")
        window.menus.actions["step_into_groups"].setChecked(True)
        window.view_state.set_step(0, 4)
        settled(qtbot, window)
        now = window.canvas.picture.story.now_box
        assert now != NONE
        assert window.canvas.picture.drawing.graph.kind[now] != GROUP
        window.view_state.set_step(0, 0)
        settled(qtbot, window)
        assert titles(window) == ["net (Sequential)"]

    assert play([], story) == 0


def test_two_hundred_turns_of_training_open_folded_and_stay_as_a_person_leaves_them(qtbot):
    def story(window):
        window.settings.set("reduced_motion", True)
        run_typed(qtbot, window, TRAINING)
        settled(qtbot, window)
        trace, canvas = window.view_state.trace, window.canvas
        assert len(trace.nodes) > 2000
        boxes = len(canvas.picture.drawing.rects)
        assert boxes < 400
        assert any("×200" in title or title == "turn 199" for title in titles(window))
        assert f"{len(trace.nodes):,} nodes" in canvas.overlays.offer.text
        run_typed(qtbot, window, "loss = ((net(X) - Y) ** 2).mean()")
        settled(qtbot, window)
        assert len(canvas.picture.drawing.rects) < boxes + 40

        closed = window.view_state.shown.collapsed
        canvas.overlays.offer.button.click()
        settled(qtbot, window)
        assert len(canvas.picture.drawing.rects) == len(trace.nodes)
        assert canvas.overlays.offer.text == ""
        run_typed(qtbot, window, "loss.backward()")
        settled(qtbot, window)
        assert len(canvas.picture.drawing.rects) == len(trace.nodes)
        assert closed

    assert play([], story) == 0


@pytest.mark.parametrize("grouping", [Grouping.BY_FUNCTION, Grouping.BY_BLOCK, Grouping.BY_CELL])
def test_every_kind_of_groups_can_be_chosen_from_the_menu(qtbot, grouping):
    def story(window):
        run_typed(qtbot, window, "import torch\nw = torch.ones(4, requires_grad=True)\nh = torch.zeros(4)")
        run_typed(qtbot, window, "for t in range(9):\n    h = torch.tanh(h * w + 1)\n")
        settled(qtbot, window)
        choose(qtbot, window, "group_by", grouping.value)
        assert titles(window) or window.canvas.crumbs.isVisible()
        choose(qtbot, window, "group_by", Grouping.NONE.value)
        assert titles(window) == []
        assert not window.canvas.crumbs.isVisible()

    assert play([], story) == 0


def test_constants_can_be_hidden_and_shown_again(qtbot):
    def story(window):
        run_typed(qtbot, window, "import torch\nx = torch.ones(2, requires_grad=True)\ny = (x * 3 + 1).sum()")
        settled(qtbot, window)
        boxes = len(window.canvas.picture.drawing.rects)
        choose(qtbot, window, "hide", "Constants")
        assert len(window.canvas.picture.drawing.rects) == boxes - 2
        choose(qtbot, window, "hide", "Constants")
        assert len(window.canvas.picture.drawing.rects) == boxes

    assert play([], story) == 0
