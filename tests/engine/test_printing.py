import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.printing import get_printoptions, printoptions, set_printoptions, tensor_repr
from engine.types.dtype import float32, float64, set_default_dtype
from tests.oracle.print_cases import PrintCase, cases

STORED = json.loads((Path(__file__).parents[1] / "oracle" / "reprs.json").read_text())


class CloneBackward0:
    """Stands for the node of a tensor that came out of clone()."""


@pytest.fixture(autouse=True)
def default_options():
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")


def printable(case: PrintCase):
    grad_fn = CloneBackward0() if case.grad_fn else None
    return SimpleNamespace(array=case.array, grad_fn=grad_fn, requires_grad=case.requires_grad)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_a_tensor_prints_as_pytorch_prints_it(case):
    set_printoptions(**case.options)

    assert tensor_repr(printable(case)) == STORED[case.name]


def test_every_stored_text_has_its_case():
    assert sorted(case.name for case in cases()) == sorted(STORED)


def test_options_return_after_the_with_block():
    before = get_printoptions()
    with printoptions(precision=1, sci_mode=True):
        assert get_printoptions()["precision"] == 1
        assert get_printoptions()["sci_mode"] is True

    assert get_printoptions() == before


def test_the_default_dtype_is_not_printed():
    case = PrintCase("", np.array([1.5], dtype="float64"))
    set_default_dtype(float64)
    try:
        assert tensor_repr(printable(case)) == "tensor([1.5000], dtype=torch.float64)".replace(
            ", dtype=torch.float64", ""
        )
        case.array = case.array.astype("float32")
        assert tensor_repr(printable(case)) == "tensor([1.5000], dtype=torch.float32)"
    finally:
        set_default_dtype(float32)


def test_a_parameter_prints_under_its_own_name():
    case = PrintCase("", np.array([[1.0, 2.0], [3.0, 4.0]], dtype="float32"))

    assert tensor_repr(printable(case), "MyTensor") == "MyTensor([[1., 2.],\n          [3., 4.]])"
