"""The comparing logic of `make parity`: what is wrong, missing and right are told apart. Needs no PyTorch."""

import numpy as np
import pytest

from .compare import Group, Plain, difference, is_refusal

TOLERANCES = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}


def plain(values, dtype="float64", requires_grad=False):
    return Plain(np.array(values, dtype), dtype, requires_grad)


def test_equal_results_do_not_differ():
    assert difference(plain([1.0, np.nan, np.inf]), plain([1.0, np.nan, np.inf]), TOLERANCES) is None


def test_a_number_within_the_tolerance_does_not_differ():
    assert difference(plain([1.0]), plain([1.0 + 1e-8]), TOLERANCES) is None


def test_a_wrong_number_is_named_with_its_place():
    found = difference(plain([1.0, 2.0]), plain([1.0, 2.5]), TOLERANCES)
    assert found is not None
    assert "1 of 2 numbers differ, first at [1]" in found
    assert "2.5" in found


def test_integers_and_bools_are_compared_exactly():
    assert difference(plain([1, 2], "int64"), plain([1, 3], "int64"), TOLERANCES) is not None
    assert difference(plain([True], "bool"), plain([False], "bool"), TOLERANCES) is not None


def test_not_a_number_where_a_number_is_expected_differs():
    assert difference(plain([1.0]), plain([np.nan]), TOLERANCES) is not None


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (plain([1.0], "float32"), "dtype float64 is expected, got float32"),
        (plain([[1.0]]), "shape [1] is expected, got [1, 1]"),
        (plain([1.0], requires_grad=True), "requires_grad False is expected, got True"),
        (1.0, "a tensor is expected, got float 1.0"),
        (None, "a tensor is expected, got NoneType None"),
    ],
)
def test_another_kind_of_result_is_named(got, said):
    assert difference(plain([1.0]), got, TOLERANCES) == said


def test_a_broadcastable_shape_is_not_the_shape():
    assert difference(plain(1.0), plain([1.0]), TOLERANCES) == "shape [] is expected, got [1]"


def test_values_are_left_out_on_request_and_shapes_are_not():
    assert difference(plain([1.0]), plain([2.0]), TOLERANCES, values=False) is None
    assert difference(plain([1.0]), plain([2.0, 3.0]), TOLERANCES, values=False) is not None


def test_the_number_and_kind_of_results_count():
    pair = Group("tuple", (plain([1.0]), plain([2.0])))
    assert difference(pair, Group("list", pair.items), TOLERANCES) == "tuple is expected, got list"
    assert difference(pair, Group("tuple", pair.items[:1]), TOLERANCES) == "2 results are expected, got 1"
    assert difference(pair, plain([1.0]), TOLERANCES) == "tuple is expected, got Plain"
    worse = Group("tuple", (plain([1.0]), plain([9.0])))
    assert "result 1: " in str(difference(pair, worse, TOLERANCES))


def test_python_results_are_compared_by_type_and_value():
    assert difference(True, True, TOLERANCES) is None
    assert difference(True, 1, TOLERANCES) is not None
    assert difference(2.0, 2.0 + 1e-9, TOLERANCES) is None
    assert difference(2, 3, TOLERANCES) is not None


class NameMissingError(NotImplementedError, AttributeError):
    """As the engine raises for a name that it lacks."""


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (NotImplementedError("softplus() of complex tensors"), True),
        (NameMissingError("torch.softplus is not supported"), True),
        (AttributeError("module 'torch' has no attribute 'softplus'"), True),
        (AttributeError("'NoneType' object has no attribute 'array'"), False),
        (TypeError("softplus() got an unexpected keyword argument 'beta'"), False),
        (RuntimeError("shape mismatch"), False),
    ],
)
def test_a_refusal_is_told_from_a_failure(error, refusal):
    assert is_refusal(error, "softplus") is refusal
