"""The rest of `make parity` that needs no PyTorch: errors, ties, graphs, the report's outcome, the worker processes."""

import os
import signal

import numpy as np
import pytest

from .compare import Group, Plain, is_as_exact
from .errors import error_finding
from .findings import Finding, OpReport, compared
from .graphs import first_difference
from .report import outcome
from .scope import why_out
from .ties import differ_only_in_ties
from .workers import run_all

TOLERANCES = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}


def raises(error):
    def run():
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "regex", "found"),
    [
        (raises(IndexError("dim 3")), None, "pass"),
        (raises(IndexError("dim 4")), None, "wrong"),
        (raises(IndexError("dim 4")), "dim", "near"),
        (raises(ValueError("dim 3")), "dim", "wrong"),
        (raises(NotImplementedError("not supported")), None, "missing"),
        (lambda: 1.0, None, "wrong"),
    ],
)
def test_an_error_is_compared_by_type_and_message(run, regex, found):
    assert error_finding(IndexError("dim 3"), run, "flip", regex).outcome == found


def report_of(*findings):
    report = OpReport("sin", "pointwise", True)
    for finding in findings:
        report.add(finding)
    return report.plain()


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([compared("forward", None)], "pass"),
        ([compared("forward", None), compared("gradient", "1.0 is expected")], "WRONG"),
        ([compared("forward", None), compared("second", "1.0 is expected")], "WRONG"),
        ([compared("forward", None), compared("graph", "SinBackward0 is expected")], "pass"),
        ([Finding("missing", "forward")], "missing"),
        ([Finding("missing", "forward"), compared("forward", None)], "partly"),
        ([Finding("missing", "gradient"), compared("forward", None)], "partly"),
        ([Finding("missing", "forward"), compared("forward", "shape [1] is expected")], "WRONG"),
        ([Finding("random", "forward")], "pass"),
    ],
)
def test_the_outcome_of_an_operator_is_its_worst_sample(findings, expected):
    assert outcome(report_of(*findings)) == expected


def test_an_operator_whose_samples_are_all_out_of_scope_does_not_count():
    report = OpReport("angle", "pointwise", True)
    report.add(Finding("outside", "forward"))
    assert report.nothing_counts()
    report.add(Finding("pass", "forward"))
    assert not report.nothing_counts()


def test_what_is_out_of_scope_says_why():
    assert why_out("sparse.mm", "reduce") == "sparse"
    assert why_out("_chunk_cat") == "PyTorch's internals"
    assert why_out("__radd__") is None
    assert why_out("bmm") is None
    assert why_out("bmm", "triton_optimized") == "CUDA"


def sorted_result(values, indices):
    return Group(
        "named values indices",
        (Plain(np.array(values), "float64", False), Plain(np.array(indices), "int64", False)),
    )


def test_indices_of_equal_elements_may_be_exchanged():
    source = np.array([2.0, 1.0, 1.0])
    expected = sorted_result([1.0, 1.0, 2.0], [1, 2, 0])
    assert differ_only_in_ties(expected, sorted_result([1.0, 1.0, 2.0], [2, 1, 0]), source, TOLERANCES)
    assert not differ_only_in_ties(expected, sorted_result([1.0, 1.0, 2.0], [2, 2, 0]), source, TOLERANCES)
    assert not differ_only_in_ties(expected, sorted_result([1.0, 1.0, 2.0], [0, 1, 2]), source, TOLERANCES)
    assert not differ_only_in_ties(expected, sorted_result([1.0, 1.0, 3.0], [1, 2, 0]), source, TOLERANCES)


def test_a_single_precision_number_is_right_when_it_is_as_near_to_the_exact_one():
    exact = Plain(np.array([60.0]), "float64", False)
    expected = Plain(np.array([60.0004], np.float32), "float32", False)
    near = Plain(np.array([59.9995], np.float32), "float32", False)
    far = Plain(np.array([60.1], np.float32), "float32", False)
    assert is_as_exact(expected, near, exact, TOLERANCES)
    assert not is_as_exact(expected, far, exact, TOLERANCES)


def test_two_graphs_part_where_a_node_differs():
    assert first_difference(["0: MulBackward0"], ["0: MulBackward0"]) is None
    assert first_difference(["0: MulBackward0"], ["0: DivBackward0"]) is not None
    assert first_difference(["0: MulBackward0", "more"], ["0: MulBackward0"]) == "2 nodes are expected, got 1"


def crash_or_hang(task):
    if task == "crash":
        os._exit(1)
    if task == "hang":
        signal.pause()
    return task.upper()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # other tests' threads are none of the workers'
def test_an_operator_that_crashes_or_hangs_costs_only_itself():
    tasks = ["a", "crash", "b", "hang", "c"]
    found = dict(run_all(tasks, crash_or_hang, jobs=2, seconds=3.0))
    assert found == {"a": "A", "b": "B", "c": "C", "crash": "the process crashed", "hang": "took more than 3 s"}
