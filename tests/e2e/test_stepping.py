"""Walking gradients in the real window: passes and forward passes, grains, keys, playing, errors, NaN, groups."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from engine.trace import NONE, NodeKind
from tests.e2e.stories import play, run_typed, settled
from ui.canvas.picture.look import Role
from ui.stepping import EdgeState, Grain, NodeState, Place, Walk, WalkKind

SEED = (
    "import torch\nx = torch.ones(2, 2, requires_grad=True)\ny = x + 2\nz = y * y * 3\nout = z.mean()\nout.backward()"
)


def told(qtbot, story, code):
    """The story, told once this code has run and is drawn."""

    def whole(window):
        run_typed(qtbot, window, code)
        settled(qtbot, window)
        story(window, window.view_state)

    assert play([], whole) == 0


def box(window, op):
    """The first box of a function of that name."""
    graph = window.canvas.picture.drawing.graph
    return next(k for k in range(len(graph.node)) if graph.title_text(k) == op)


def said(window, op):
    """What its second line says."""
    return window.canvas.picture.second_line(box(window, op))


def press(qtbot, widget, *keys):
    widget.setFocus()
    for key in keys:
        qtbot.keyClick(widget, key)


def walks(window):
    """The opened list's rows, from top to bottom, closed again: name, what it starts from, health, depth."""
    window.menus.actions["choose_walk"].trigger()
    tree = window.timeline.header.list.tree
    index, found = tree.model().index(0, 0), []
    while index.isValid():
        depth = 0 if not index.parent().isValid() else 1
        found.append((index.data(), index.siblingAtColumn(2).data(), index.siblingAtColumn(5).data(), depth))
        index = tree.indexBelow(index)
    window.timeline.header.list.hide()
    return found


def test_the_keys_step_a_pass_and_the_canvas_says_who_is_done_now_ready_and_waiting(qtbot, qapp):
    def story(window, state):
        canvas = window.canvas
        press(qtbot, canvas, Qt.Key.Key_Home)
        assert state.position == 0
        press(qtbot, canvas, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
        assert state.position == 3
        assert said(window, "MeanBackward0") == "done · 0.25"
        assert said(window, "AddBackward0") == "ready #1"
        assert said(window, "AccumulateGrad") == "waits for 1"
        now = canvas.picture.story.now_box
        assert canvas.picture.second_line(now) == "y * y · now"
        press(qtbot, canvas, Qt.Key.Key_Left)
        assert state.position == 2
        press(qtbot, canvas, Qt.Key.Key_End)
        assert state.position == 5

    told(qtbot, story, SEED)


def test_down_changes_the_grain_and_contributions_arrive_one_by_one_with_their_sum(qtbot, qapp):
    def story(window, state):
        state.set_position(2)
        press(qtbot, window.canvas, Qt.Key.Key_Down)
        assert state.grain is Grain.CONTRIBUTION
        assert window.timeline.header.grain.currentText() == "contribution"
        press(qtbot, window.canvas, Qt.Key.Key_Right)
        assert state.place == Place(3, 3, 0)
        assert said(window, "AddBackward0") == "waits for 2"
        press(qtbot, window.canvas, Qt.Key.Key_Right)
        assert said(window, "AddBackward0") == "2.25 · waits for 1"
        assert (window.canvas.picture.story.edge_state == EdgeState.LEAVING).sum() == 1
        press(qtbot, window.canvas, Qt.Key.Key_Right)
        assert said(window, "AddBackward0") == "ready #1"
        assert (window.canvas.picture.story.edge_state == EdgeState.LEAVING).sum() == 2
        press(qtbot, window.canvas, Qt.Key.Key_Left)
        assert said(window, "AddBackward0") == "2.25 · waits for 1"

    told(qtbot, story, SEED)


def test_a_line_is_one_step_and_a_pass_is_one_step(qtbot, qapp):
    def story(window, state):
        state.set_position(1)
        press(qtbot, window.canvas, Qt.Key.Key_Up, Qt.Key.Key_Right)
        assert (state.grain, state.place) == (Grain.LINE, Place(2, 3))
        states = window.canvas.picture.story.node_state
        assert (states == NodeState.NOW).sum() == 2
        press(qtbot, window.canvas, Qt.Key.Key_Up)
        assert (state.grain, state.place) == (Grain.PASS, Place(1, 5))
        press(qtbot, window.canvas, Qt.Key.Key_Left)
        assert state.position == 0

    told(qtbot, story, SEED)


def test_up_and_down_walk_over_the_boxes_where_one_is_selected(qtbot, qapp):
    def story(window, state):
        state.select([int(state.trace.passes.root[0])])
        press(qtbot, window.canvas.graph, Qt.Key.Key_Up)
        assert state.grain is Grain.NODE
        assert window.canvas.graph.walking

    told(qtbot, story, SEED)


def test_the_arrows_of_the_console_stay_the_consoles(qtbot, qapp):
    def story(window, state):
        position = state.position
        window.console._control.setFocus()
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Home):
            qtbot.keyClick(window.console._control, key)
        assert (state.grain, state.position) == (Grain.NODE, position)

    told(qtbot, story, SEED)


def test_the_forward_pass_of_a_cell_is_walked_the_same_way(qtbot, qapp):
    def story(window, state):
        state.set_walk(Walk(WalkKind.FORWARD, 0), 2)
        assert said(window, "AddBackward0") == "done · 3"
        assert said(window, "MeanBackward0") == "waits for 1"
        picture = window.canvas.picture
        assert picture.second_line(picture.story.now_box) == "y * y · now"
        assert picture.second_line(box(window, "out")) == "(not made yet)"
        press(qtbot, window.canvas, Qt.Key.Key_Right)
        assert state.position == 3
        moving = picture.edge_styles[picture.edge_rows[picture.story.moving[1][0]]]
        assert moving.gradient
        assert not moving.against
        assert "forward pass" in window._status.text()

    told(qtbot, story, SEED)


def test_every_pass_is_in_the_list_with_its_health_and_a_second_derivative_below_the_first(qtbot, qapp):
    code = (
        "import torch\nx = torch.tensor([1., 2., 3.], requires_grad=True)\ny = (x ** 3).sum()\n"
        "g, = torch.autograd.grad(y, x, create_graph=True)\ng.sum().backward()\n"
        "w = torch.tensor([-1.0], requires_grad=True)\ntorch.relu(w).sum().backward()"
    )

    def story(window, state):
        assert walks(window) == [
            ("Forward   In [1]", "", "ok", 0),
            ("Pass 1   torch.autograd.grad(y, x, create_graph=True)", "y", "ok", 0),
            ("Pass 2   g.sum().backward()", "g.sum()", "ok", 1),
            (
                "Pass 3   torch.relu(w).sum().backward()",
                "torch.relu(w).sum()",
                "every gradient it ends with is zero",
                0,
            ),
        ]
        state.set_step(1, 2)
        assert state.trace.node(state.steps.node(2)).op == "MulBackward0"

    told(qtbot, story, code)


def test_playing_backwards_and_in_a_loop(qtbot, qapp):
    def story(window, state):
        window.timeline.header.speed.setCurrentIndex(window.timeline.header.speed.count() - 1)
        with qtbot.waitSignal(window.timeline.player.playing_changed, check_params_cb=lambda playing: not playing):
            window.menus.actions["play_backwards"].trigger()
        assert state.position == 0
        window.timeline.header.loop.setChecked(True)
        seen = []
        state.step_changed.connect(lambda: seen.append(state.position))
        window.menus.actions["play"].trigger()
        qtbot.waitUntil(lambda: seen.count(0) > 1, timeout=20_000)
        window.menus.actions["play"].trigger()
        assert not window.timeline.player.playing
        assert max(seen) == 5

    told(qtbot, story, SEED)


def test_an_idle_window_does_not_repaint_the_canvas_and_a_step_pulses_only_with_motion(qtbot, qapp):
    def story(window, state):
        graph = window.canvas.graph
        window.settings.set("reduced_motion", True)
        state.set_position(2)
        assert not graph.pulse.running
        window.settings.set("reduced_motion", False)
        state.set_position(3)
        assert graph.pulse.running
        qtbot.waitUntil(lambda: not graph.pulse.running)
        assert not graph.pulse.item.isVisible()
        QApplication.processEvents()  # the frame without the dots
        graph.item.painted = None
        qtbot.wait(300)  # nothing to wait for: that nothing happens is what is tested
        assert graph.item.painted is None

    told(qtbot, story, SEED)


def test_the_first_nan_is_one_click_away_with_its_path_to_the_parameters(qtbot, qapp):
    code = (
        "import torch\nx = torch.tensor([0., 1.], requires_grad=True)\nc = torch.ones(2, requires_grad=True)\n"
        "loss = (torch.log(x) * 2 + c).sum()\nloss.backward()"
    )

    def story(window, state):
        button = window.timeline.header.nonfinite
        assert button.isVisible()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert state.trace.node(state.steps.node(state.position)).op == "LogBackward0"
        lit = {state.trace.node(node).label for node in state.shown.lit}
        assert "x" in lit
        assert "c" not in lit
        slider = window.timeline._slider
        assert slider._marks.nonfinite[0] == state.position
        run_typed(qtbot, window, "(x * 2).sum().backward()")
        assert state.shown.lit is None

    told(qtbot, story, code)


def test_an_error_in_backward_opens_the_failing_step_and_marks_the_node(qtbot, qapp):
    code = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x.exp()\nz = y * y\ny.add_(1)\nz.sum().backward()"

    def story(window, state):
        assert (state.position, state.steps.failed_at) == (2, 2)
        picture = window.canvas.picture
        assert picture.roles[picture.story.now_box] == Role.FAILED
        assert picture.second_line(picture.story.now_box) == "failed here"
        press(qtbot, window.canvas, Qt.Key.Key_Left)
        assert said(window, "SumBackward0") == "z.sum() · now"
        assert window.timeline.header.health.text() == "stopped by an error"

    told(qtbot, story, code)


def test_an_error_in_forward_opens_the_failing_operation_with_all_before_it_steppable(qtbot, qapp):
    code = "import torch\nx = torch.ones(3, 2, requires_grad=True)\ny = x.exp()\nz = y @ y"

    def story(window, state):
        assert state.walk == Walk(WalkKind.FORWARD, 0)
        assert state.position == state.steps.failed_at == 2
        picture = window.canvas.picture
        assert picture.roles[picture.story.now_box] == Role.FAILED
        press(qtbot, window.canvas, Qt.Key.Key_Left)
        assert said(window, "ExpBackward0") == "x.exp() · now"

    told(qtbot, story, code)


def test_two_backwards_without_zero_grad_are_marked_as_accumulating(qtbot, qapp):
    code = (
        "import torch\ntorch.manual_seed(0)\nmodel = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 1))"
        "\nfor _ in range(2):\n    loss = (model(torch.ones(5, 4)) ** 2).mean()\n    loss.backward()"
    )

    def story(window, state):
        assert state.pass_id == 1
        marks = window.timeline._slider._marks
        assert len(marks.accumulations) == 4
        assert marks.repeated.tolist() == marks.accumulations.tolist()

    told(qtbot, story, code)


def test_closed_groups_tell_the_story_of_what_is_in_them(qtbot, qapp):
    code = (
        "import torch\nrnn = torch.nn.RNNCell(4, 8)\nh = torch.zeros(1, 8)\nfor t in range(50):\n"
        "    h = rnn(torch.ones(1, 4), h)\nh.sum().backward()"
    )

    def story(window, state):
        window.canvas.folding.collapse_all()
        settled(qtbot, window)
        state.set_position(state.step_count // 2)
        picture = window.canvas.picture
        groups = np.flatnonzero(picture.drawing.graph.group != NONE)
        assert len(groups) > 1
        captions = {picture.second_line(int(group)).split(" ")[0] for group in groups}
        assert {"now", "done", "waits"} & captions
        found = picture.story.node_state[groups]
        assert (found == NodeState.DONE).any()
        assert (found == NodeState.WAITING).any()

    told(qtbot, story, code)


def test_the_view_moves_only_when_the_node_that_runs_is_out_of_it_and_following_is_on(qtbot, qapp):
    loop = "for _ in range(60):\n    y = y * 1.1\n"
    code = f"import torch\nx = torch.ones(2, requires_grad=True)\ny = x\n{loop}y.sum().backward()"

    def story(window, state):
        window.resize(1280, 1000)  # where nothing of the window stands on the node after next
        canvas = window.canvas
        canvas.set_animated(False)
        canvas.folding.expand_all()
        settled(qtbot, window)
        state.set_position(2)
        canvas.go_to(state.steps.node(2))
        camera = canvas.graph.camera
        window.settings.set("follow_step", False)
        state.set_position(50)
        assert canvas.graph.camera == camera
        window.settings.set("follow_step", True)
        state.set_position(3)
        assert canvas.graph.camera == camera
        state.set_position(51)
        assert canvas.graph.camera != camera
        now = canvas.picture.rect(canvas.picture.story.now_box)
        assert canvas.graph.seen(canvas.graph.camera).contains(now)

    told(qtbot, story, code)


def test_scalars_can_be_coloured_by_their_sign(qtbot, qapp):
    leaves = "a = torch.tensor(2.0, requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)\n"
    code = f"import torch\n{leaves}(a - b).backward()"

    def story(window, state):
        picture = window.canvas.picture
        before = picture.edge_rows.tolist()
        window.settings.set("signed_gradients", True)
        assert window.canvas.picture.edge_rows.tolist() != before
        kinds = window.canvas.picture.drawing.graph.edge_kind
        values = [state.trace.array(int(h)).min for h in state.steps.edge_value if h != NONE]
        assert {-1.0, 1.0} <= set(values)
        rows = window.canvas.picture.edge_rows
        assert len({int(row) for row in rows[np.isin(kinds, [2])]}) == 2  # one negative, one positive
        assert "sign" in window.canvas.overlays.legend.accessibleDescription()

    told(qtbot, story, code)


def test_the_order_of_a_deep_pass_is_the_engines(qtbot, qapp):
    code = (
        "import torch\norder = []\nx = torch.ones(2, requires_grad=True)\nh = x\nfor t in range(20):\n"
        "    h = torch.tanh(h * 1.5)\n    h.grad_fn.register_prehook(lambda g, t=t: order.append(t))\n"
        "h.sum().backward()\nassert order == sorted(order, reverse=True)"
    )

    def story(window, state):
        trace, steps = state.trace, state.steps
        ran = trace.nodes.sequence[steps.node_at[trace.nodes.kind[steps.node_at] == NodeKind.FUNCTION]]
        assert (np.diff(ran) < 0).all()

    told(qtbot, story, code)
