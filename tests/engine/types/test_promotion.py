import json
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.types.dtype import NAMES, float32, float64, get_default_dtype, int64, set_default_dtype
from engine.types.promotion import can_cast, promote_types, result_of, result_type
from engine.types.typeinfo import finfo, iinfo

STORED = json.loads((Path(__file__).parents[2] / "oracle" / "dtypes.json").read_text())
NUMBERS = {"True": True, "3": 3, "2.5": 2.5, "1j": 1j}


def tensor(name):
    dtype, shape = name.removesuffix("[2]").removesuffix("[]"), [] if name.endswith("[]") else [2]
    return SimpleNamespace(array=np.ones(shape, dtype=NAMES[dtype].numpy))


@pytest.mark.parametrize("pair", STORED["promote_types"])
def test_two_dtypes_promote_as_in_pytorch(pair):
    one, other = pair.split(",")

    assert str(promote_types(NAMES[one], NAMES[other])) == STORED["promote_types"][pair]


@pytest.mark.parametrize("pair", STORED["can_cast"])
def test_a_cast_is_allowed_as_in_pytorch(pair):
    one, other = pair.split(",")

    assert can_cast(NAMES[one], NAMES[other]) is STORED["can_cast"][pair]


@pytest.mark.parametrize("pair", STORED["result_type"])
def test_tensors_zero_dim_tensors_and_numbers_mix_as_in_pytorch(pair):
    one, other = (NUMBERS[name] if name in NUMBERS else tensor(name) for name in pair.split(","))

    assert str(result_type(one, other)) == STORED["result_type"][pair]


def test_three_operands_promote_by_group_not_pairwise():
    one, zero_dim = tensor("int8[2]"), tensor("int64[]")

    assert str(result_of((one, zero_dim, 3))) == "torch.int8"
    assert str(result_of((one, zero_dim, 3.0))) == "torch.float32"


def test_python_floats_follow_the_default_dtype():
    set_default_dtype(float64)
    try:
        assert get_default_dtype() is float64
        assert result_type(tensor("int64[2]"), 1.5) is float64
    finally:
        set_default_dtype(float32)

    assert result_type(tensor("int64[2]"), 1.5) is float32


def test_a_default_dtype_is_floating_point():
    with pytest.raises(TypeError, match=r"^only floating-point types are supported as the default type$"):
        set_default_dtype(int64)


def test_a_default_dtype_without_arithmetic_is_refused():
    with pytest.raises(NotImplementedError, match=r"torch\.float16"):
        set_default_dtype(NAMES["float16"])


def test_dtypes_outside_the_table_are_refused():
    with pytest.raises(NotImplementedError, match=r"torch\.uint16"):
        promote_types(NAMES["uint16"], NAMES["int8"])


@pytest.mark.parametrize("name", STORED["finfo"])
def test_finfo_prints_as_in_pytorch(name):
    assert repr(finfo(NAMES[name])) == STORED["finfo"][name]


@pytest.mark.parametrize("name", STORED["iinfo"])
def test_iinfo_prints_as_in_pytorch(name):
    assert repr(iinfo(NAMES[name])) == STORED["iinfo"][name]


def test_finfo_limits_are_numpys():
    for dtype in (float32, float64):
        ours, numpys = finfo(dtype), np.finfo(dtype.numpy)
        assert (ours.max, ours.min, ours.eps, ours.tiny) == (numpys.max, numpys.min, numpys.eps, numpys.tiny)


def test_the_wrong_kind_of_info_names_the_right_one():
    with pytest.raises(TypeError, match=r"Use torch.iinfo"):
        finfo(int64)
    with pytest.raises(TypeError, match=r"Use torch.finfo"):
        iinfo(float32)


@pytest.mark.parametrize("name", STORED["attributes"])
def test_a_dtype_knows_its_size_and_kind(name):
    dtype = NAMES[name]

    assert [dtype.itemsize, dtype.is_floating_point, dtype.is_complex, dtype.is_signed] == STORED["attributes"][name]


def test_promotion_is_symmetric():
    tested = [name for name in STORED["attributes"] if name != "bfloat16"]
    for one, other in product(tested, tested):
        assert promote_types(NAMES[one], NAMES[other]) is promote_types(NAMES[other], NAMES[one])
