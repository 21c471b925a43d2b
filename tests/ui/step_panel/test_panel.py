import numpy as np
import pytest

from engine.trace import Batch, Trace
from tests.engine.programs import Recording, record
from tests.traces import TraceBuilder, chain_trace, linear_trace, seed_trace
from ui.formula.layout import TextInk
from ui.step_panel import StepPanel
from ui.step_panel.panel import EMPTY
from ui.theme import DARK, LIGHT
from ui.view_state import ViewState


def panel(keep, trace, pass_id=0, position=0):
    state = ViewState(trace)
    made = keep(StepPanel(state))
    made.resize(396, 500)
    made.show()
    if len(trace.passes):
        state.set_step(pass_id, position)
    return state, made


def test_without_a_pass_it_says_what_will_be_here(keep):
    _, made = panel(keep, Trace())
    assert made.text() == EMPTY


def test_the_step_of_the_picture_reads_as_in_the_picture(keep):
    _, made = panel(keep, seed_trace(), position=3)
    text = made.text()
    assert "STEP 3 OF 5\nMulBackward0   y * y" in text
    assert "∂L / ∂y = g · y + g · y" in text
    assert "slot 0 g × other = 0.75 × 3 = 2.25" in text
    assert "slot 1 g × self = 0.75 × 3 = 2.25" in text
    assert "arrives at y: 2.25 + 2.25 = 4.5 (2, 2)" in text
    assert "self y v0: saved line 4 · used step 3 · freed step 3 (saved at v0, now v0: ok) = 3 (2, 2)" in text
    assert "Its one consumer, MulBackward0 (z), ran at step 2." in text


def test_the_seed_of_a_scalar_is_one(keep):
    _, made = panel(keep, seed_trace(), position=0)
    assert "∂out / ∂out = 1" in made.text()


def test_the_seed_of_a_vector_is_the_vector(keep):
    trace = record("x = torch.ones(3, requires_grad=True)\ny = x * 2\ny.backward(torch.tensor([.1, 1., .0001]))")
    _, made = panel(keep, trace)
    assert "∂L / ∂y = v" in made.text()
    assert "v = [0.1 1 0.0001] (3,)" in made.text()


def test_accumulation_shows_before_plus_added_and_asks_about_zero_grad(keep):
    state, made = panel(keep, linear_trace(), 0, 4)
    assert "b.grad none + [1.8 −8.6] = [1.8 −8.6] (2,)" in made.text()
    assert "zero_grad" not in made.text()
    state.set_step(1, 4)
    assert "b.grad [1.8 −8.6] + [1.8 −8.6] = [3.6 −17.2] (2,)" in made.text()
    assert (
        "b.grad held the gradient that step 4 of pass 1, loss.backward() in cell 1, line 3, left there. Forgot "
        "zero_grad()? Call optimizer.zero_grad() or set b.grad = None before backward()."
    ) in made.text()


def test_a_sum_that_still_grows_shows_how_far_it_is(keep):
    trace = record("x = torch.tensor([1., 1.], requires_grad=True)\n(x * 2 + x * 3 + x * 4).sum().backward()")
    state, made = panel(keep, trace)
    lines = []
    for k in range(state.step_count + 1):
        state.set_position(k)
        lines += [line for line in made.text().splitlines() if line.startswith("arrives at x:")]
    assert lines == [
        "arrives at x: 4 (2,) waits for 2 more",
        "arrives at x: 4 + 3 = 7 (2,) waits for 1 more",
        "arrives at x: 4 + 3 + 2 = 9 (2,)",
    ]


def test_an_operation_with_a_power_shows_its_numbers(keep):
    trace = record("x = torch.tensor([3., 3.], requires_grad=True)\n(x ** 2).sum().backward()")
    _, made = panel(keep, trace, 0, 2)
    assert "∂L / ∂x = g · 2 · x" in made.text()
    assert "= 1 × 2 × 3 = 6" in made.text()


def test_add_with_alpha_has_its_own_rule_beside_add(keep):
    trace = record("x = torch.ones(2, requires_grad=True)\n(torch.add(x * 2, x, alpha=3) + x * 4).sum().backward()")
    state, made = panel(keep, trace)
    rules = {}
    for k in range(1, state.step_count + 1):
        state.set_position(k)
        if "AddBackward0" in made.text():
            rules[trace.node(state.steps.node(k)).rule] = made.text()
    assert "= 1 × 3 = 3" in rules["add.alpha"]
    assert "slot 1 g = 1" in rules["add"]


@pytest.mark.parametrize(
    ("code", "rule", "numbers"),
    [
        ("x.var()", "∂L / ∂x = (2 · g · (x − mean x)) / (n − 1)", "slot 0 2 × g × (self − mean(self)) ÷ (n − 1)"),
        ("x.std()", "∂L / ∂x = (g / out · (x − mean x)) / (n − 1)", "= 1 ÷ 2 × ([1 3 5] − mean([1 3 5])) ÷ (n − 1)"),
        ("x.norm()", "∂L / ∂x = g · x / out", "slot 0 g × self ÷ result"),
        ("x.norm(1)", "∂L / ∂x = g · sgn x", "slot 0 g × sign(self)"),
        ("x.split(1)[0].sum()", "∂L / ∂x = cat(g_0, g_1, …)", ""),
        ("torch.nn.functional.mse_loss(x, y)", "∂L / ∂x = g / n_x · 2 · (x − y)", "= 1 ÷ 3 × 2 × ([1 3 5] − 0)"),
    ],
)
def test_reductions_read_as_mathematics(keep, code, rule, numbers):
    start = "x, y = torch.tensor([1., 3., 5.], requires_grad=True), torch.zeros(3)\n"
    state, made = panel(keep, record(f"{start}out = {code}\nout.backward()"))
    state.set_position(state.step_count - 1)
    assert rule in made.text()
    assert numbers in made.text()


TYPICAL = {
    "F.linear(x, w, b)": ("AddmmBackward0", "∂L / ∂x = g mat_2^T", "slot 2 mat1^T @ g ="),
    "F.relu(x)": ("ReluBackward0", "∂L / ∂x = {g if out > 0; 0 otherwise", "slot 0 g if result > 0 else 0"),
    "F.gelu(x)": ("GeluBackward0", "∂L / ∂x = g · (Φ(x) + x · φ(x))", "Φ, φ: the normal distribution"),
    "F.silu(x)": ("SiluBackward0", "∂L / ∂x = g · σ(x) · (1 + x · (1 − σ(x)))", ""),
    "F.elu(x)": ("EluBackward0", "∂L / ∂x = {g if x > 0; g · e^x otherwise", ""),
    "F.softmax(x, 1) * x": ("SoftmaxBackward0", "· (g − Σ_1 g · ", "slot 0 result × (g − Σ g × result)"),
    "F.cross_entropy(x, y)": ("NllLossBackward0", "= −(g · [class = target]) / total_weight", "= −1 × [class = [0 2]]"),
    "F.layer_norm(x, (3,), b)": (
        "NativeLayerNormBackward0",
        "(g · b − mean (g · b) − x̂ · mean (g · b · x̂)) / σ",
        "σ: its",
    ),
    "F.batch_norm(x, None, None, training=True)": (
        "NativeBatchNormBackward0",
        "(g − mean g − x̂ · mean (g · x̂)) / σ",
        "",
    ),
    "F.embedding(y.fmod(2), w)": ("EmbeddingBackward0", "∂L / ∂w = embedding^T(g)", "each element of g is added where"),
    "x[y.fmod(2)]": ("IndexBackward0", "∂L / ∂x = index^T(g)", "slot 0 index^T(g) = index^T(1)"),
    "x @ w.T": ("MmBackward0", "∂L / ∂x = g w", "slot 0 g @ mat2^T"),
    "F.conv1d(x[None], w[None])": ("ConvolutionBackward0", " ⋆ g", "⋆: correlation"),
    "F.max_pool1d(x[None], 3)": ("MaxPool2DWithIndicesBackward0", "max_pool^T(g)", ""),
    "torch.linalg.det(x @ w.T)": ("LinalgDetBackward0", " · out · ", ""),
    "torch.linalg.svdvals(x)": ("LinalgSvdBackward0", "∂L / ∂x = J_svd^T(", "J: the Jacobian of svd"),
    "x.cumsum(1)": ("CumsumBackward0", "∂L / ∂x = Σ_(j ≥ i) g_j", ""),
}


@pytest.mark.parametrize("code", TYPICAL)
def test_typical_operations_read_as_mathematics(keep, code):
    op, rule, more = TYPICAL[code]
    start = "F, y = torch.nn.functional, torch.tensor([0, 2])\nx = torch.tensor([[1., 3., 5.], [2., 1., 0.5]])\n"
    start += "x, w, b = x.requires_grad_(), (x.detach() + 1).requires_grad_(), torch.ones(3, requires_grad=True)\n"
    start = start.replace("torch.ones(3,", "torch.ones(2,") if "linear" in code else start
    trace = record(f"{start}out = {code}\nout.sum().backward()")
    state, made = panel(keep, trace)
    steps = [k for k in range(1, state.step_count + 1) if trace.node(state.steps.node(k)).op == op]
    state.set_position(steps[0])
    assert rule in made.text()
    assert more in made.text()


def test_sizes_and_switches_of_an_operation_stand_aside(keep):
    trace = record("x = torch.ones(1, 1, 4, 4, requires_grad=True)\ntorch.conv2d(x, x * 2).sum().backward()")
    _, made = panel(keep, trace, 0, 2)
    assert "also stride (1, 1) · padding (0, 0)" in made.text()
    assert "groups 1 saved" not in made.text()


def test_a_long_title_gives_way_to_the_name_in_the_rule_where_the_panel_is_narrow(keep):
    start = "factor_number_one = torch.ones(3)\nx = torch.ones(3, requires_grad=True)\n"
    trace = record(f"{start}(x * factor_number_one).sum().backward()")
    _, made = panel(keep, trace, 0, 2)
    made.resize(220, 500)
    words = [
        ink.text
        for line in made._rule._break(190)
        for _, part in line.pieces
        for ink in part.inks
        if isinstance(ink, TextInk)
    ]
    assert "other" in words
    assert "factor_number_one" in made.text()


def test_an_op_without_a_rule_shows_the_chain_rule_and_what_it_sent(keep):
    _, made = panel(keep, chain_trace(3), 0, 1)
    assert "∂L / ∂y^(2) = g · ∂y / ∂y^(2)" in made.text()
    assert "slot 0 sent = 2" in made.text()


def test_going_back_shows_exactly_what_was(keep):
    state, made = panel(keep, linear_trace(), 1, 0)
    for k in range(7):
        state.set_position(k)
        there = made.text()
        state.set_position(0)
        state.set_position(k)
        assert made.text() == there


def test_a_failed_pass_shows_its_message(keep):
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()")
    state, made = panel(keep, recording.trace)
    assert "RuntimeError in ExpBackward0" in made.text()
    assert "It ended at step 3." in made.text()
    state.set_position(3)
    assert "modified by an inplace operation" in made.text()


def test_a_small_array_that_is_elsewhere_is_fetched_and_then_shown(keep, qtbot):
    trace = linear_trace()
    kept = dict(trace.values)
    trace.values.clear()
    asked = []
    state = ViewState(trace)
    state.set_fetch(asked.append)
    made = keep(StepPanel(state))
    state.set_step(0, 4)
    assert "…" in made.text()
    assert asked
    trace.extend(Batch(values={handle: kept[handle] for handle in asked}))
    with qtbot.waitSignal(made._pending.timeout):
        state.trace_grew()
    assert "[1.8 −8.6]" in made.text()


def test_large_arrays_are_told_by_norm_and_shape_without_fetching_them(keep):
    trace = record("x = torch.arange(600.).requires_grad_()\n(x * x).sum().backward()")
    state = ViewState(trace)
    asked = []
    state.set_fetch(asked.append)
    made = keep(StepPanel(state))
    state.set_step(0, 2)
    assert "‖" in made.text()
    assert "(600,)" in made.text()
    assert asked == []


def test_an_array_given_up_for_the_budget_is_told_by_its_norm(keep):
    builder = TraceBuilder()
    builder.build()
    trace = linear_trace()
    trace.values.clear()
    handles = np.arange(len(trace.arrays))
    trace.extend(Batch(tables={"drops": {"array": handles.astype("<i8")}}))
    _, made = panel(keep, trace, 0, 4)
    assert "‖8.786‖ (2,)" in made.text()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [240, 396, 700])
@pytest.mark.parametrize("make", [seed_trace, linear_trace, lambda: linear_trace(poison=True)])
def test_no_card_is_lower_than_what_it_holds(keep, qapp, theme, width, make):
    state, made = panel(keep, make())
    made.set_theme(theme)
    made.resize(width, 500)
    qapp.processEvents()
    for k in range(state.step_count + 1):
        state.set_position(k)
        for view in made._views:
            if view.isVisible():
                assert view.height() >= view.heightForWidth(view.width())
