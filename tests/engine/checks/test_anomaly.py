"""Anomaly mode beside the recorder: both see every operation, and leaving the mode leaves the recorder in place."""

import warnings

import pytest

from engine import observe, torch
from engine.checks import anomaly
from tests.engine.programs import Recording, nodes, record, rows
from tests.engine.test_backward import Notes


def test_the_recorder_goes_on_while_the_mode_is_on():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\n"
        "with torch.autograd.set_detect_anomaly(True):\n    y = (x * x).sum()\n    y.backward()\nz = x.exp()"
    )
    assert [node.op for node in nodes(trace, "FUNCTION")] == ["MulBackward0", "SumBackward0", "ExpBackward0"]
    assert len(rows(trace, "steps")) == 3


def test_the_node_that_made_a_nan_is_where_the_recorded_pass_failed():
    recording = Recording()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trace = recording.run(
            "x = torch.tensor([-1.0], requires_grad=True)\n"
            "with torch.autograd.set_detect_anomaly(True):\n    x.sqrt().backward()"
        )
    assert "SqrtBackward0" in str(recording.error)
    (failed,) = rows(trace, "passes")
    assert trace.node(failed["error_node"]).op == "SqrtBackward0"


def test_the_observer_is_put_back(monkeypatch):
    notes = Notes()
    monkeypatch.setattr(observe, "observer", notes)
    with torch.autograd.set_detect_anomaly(True):
        assert observe.observer is not notes
        with torch.autograd.set_detect_anomaly(False):
            assert observe.observer is notes
    assert observe.observer is notes
    assert not anomaly.mode.enabled


def test_the_traceback_leaves_the_engine_s_own_lines_out():
    with torch.autograd.set_detect_anomaly(True):
        y = torch.ones(1, requires_grad=True) * 2
    lines = "".join(y.grad_fn.metadata[anomaly.STACK])
    assert __file__ in lines
    assert anomaly.__file__ not in lines


def test_a_traceback_does_not_keep_the_graph_alive_in_a_cycle():
    import gc
    import weakref

    gc.disable()
    try:
        with torch.autograd.set_detect_anomaly(True):
            y = torch.ones(1, requires_grad=True) * 2
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_a_nan_raises_in_a_pass_that_makes_a_graph_too():
    x = torch.tensor([0.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = x.sqrt() * 0
        with (
            pytest.warns(UserWarning, match="Error detected in SqrtBackward0"),
            pytest.raises(RuntimeError, match="nan"),
        ):
            torch.autograd.grad(y, x, create_graph=True)


def test_modules_run_in_anomaly_mode_as_outside_it():
    with torch.autograd.set_detect_anomaly(True):
        layer = torch.nn.Linear(2, 1)
        layer(torch.ones(1, 2)).sum().backward()

    assert layer.weight.grad.tolist() == [[1.0, 1.0]]


def test_calls_of_modules_are_recorded_in_anomaly_mode():
    code = "with torch.autograd.set_detect_anomaly(True):\n    torch.nn.Linear(2, 1)(torch.ones(1, 2)).sum().backward()"
    recording = Recording()
    recording.run(code)

    assert recording.error is None
    assert "Linear" in {recording.trace.strings[kind] for kind in recording.trace.scopes.type}
