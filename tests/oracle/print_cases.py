"""Arrays whose printed form is compared with PyTorch's: one list for the script that asks torch and for the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FLOATS = ("float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64", "bool")
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0]


@dataclass
class PrintCase:
    name: str
    array: np.ndarray
    options: dict[str, Any] = field(default_factory=dict)
    requires_grad: bool = False
    grad_fn: str | None = None  # "clone": the tensor comes out of an operation, CloneBackward0


def cases() -> Iterator[PrintCase]:
    yield from _numbers()
    yield from _shapes()
    yield from _integers()
    yield from _suffixes()
    yield from _options()


def _numbers() -> Iterator[PrintCase]:
    random = np.random.RandomState(0)
    lists = {
        "int_mode": [1.0, 2.0, -3.0],
        "half": [0.5, 1.0],
        "specials": SPECIAL,
        "specials_and_ints": [*SPECIAL, 3.0, -100.0],
        "specials_and_fractions": [*SPECIAL, 0.25],
        "specials_sci": [*SPECIAL, 1e-10, 3.0],
        "only_nan": [np.nan, np.nan],
        "only_inf": [np.inf, -np.inf],
        "zeros": [0.0, 0.0, -0.0],
        "ratio_1000": [1.0, 1000.0],
        "ratio_1001": [1.0, 1001.0],
        "ratio_1000_fraction": [0.5, 500.0],
        "ratio_1001_fraction": [0.5, 500.5],
        "huge": [1e8, 1e8 + 8],
        "over_1e8": [2e8],
        "small": [1e-4, 2e-4],
        "below_1e-4": [0.9e-4],
        "tiny": [1e-38, 1e38],
        "denormal": [1e-40],
        "pi": [3.14159265358979],
        "negative": [-1.5, 2.25, -1000.125],
        "rounding": [0.00005, 0.12345, 0.99995, 0.99994999],
    }
    for name, values in lists.items():
        for dtype in FLOATS:
            with np.errstate(over="ignore"):
                yield PrintCase(f"{name}/{dtype}", np.array(values, dtype=dtype))
        for i, value in enumerate(values):
            yield PrintCase(f"{name}/scalar{i}", np.array(value, dtype="float32"))
    for i in range(60):
        shape = tuple(random.randint(1, 7, size=random.randint(1, 4)))
        scale = 10.0 ** random.uniform(-6, 9)
        spread = 10.0 ** random.uniform(0, 4, size=shape)
        dtype = FLOATS[i % 2]
        array = (random.randn(*shape) * scale * spread).astype(dtype)
        yield PrintCase(f"random{i}", np.round(array) if i % 5 == 0 else array)


def _shapes() -> Iterator[PrintCase]:
    for shape in [
        (1,),
        (20,),
        (100,),
        (1, 1),
        (2, 30),
        (30, 2),
        (2, 3, 4),
        (1, 1, 1, 1),
        (2, 2, 2, 2),
        (2, 1, 3, 1, 2),
    ]:
        size = int(np.prod(shape))
        yield PrintCase(f"shape{shape}", (np.arange(size, dtype="float32") / 8).reshape(shape))
    for shape in [(0,), (0, 3), (2, 0), (2, 0, 3)]:
        for dtype in ("float32", "float64", "int64", "bool"):
            yield PrintCase(f"empty{shape}/{dtype}", np.zeros(shape, dtype=dtype))
    for shape in [
        (1000,),
        (1001,),
        (10000,),
        (50, 50),
        (7, 200),
        (6, 200),
        (3, 4000),
        (20, 20, 20),
        (2, 6, 7, 20),
        (1001, 1),
        (1, 1001),
    ]:
        size = int(np.prod(shape))
        yield PrintCase(f"summary{shape}", np.arange(size, dtype="float32").reshape(shape))
        yield PrintCase(f"summary{shape}/int", np.arange(size).reshape(shape))
    hidden = np.ones(2000, dtype="float32")
    hidden[1000] = 1e20
    yield PrintCase("summary/hidden_extreme", hidden)
    yield PrintCase("transposed", (np.arange(6, dtype="float32") / 4).reshape(2, 3).T)


def _integers() -> Iterator[PrintCase]:
    for dtype in INTEGERS:
        yield PrintCase(f"integers/{dtype}", np.array([0, 1, 100, 7]).astype(dtype))
        yield PrintCase(f"integer_matrix/{dtype}", np.arange(12).reshape(3, 4).astype(dtype))
        yield PrintCase(f"integer_scalar/{dtype}", np.array(1).astype(dtype))
    yield PrintCase("integers/negative", np.array([-5, 12345678901234, 0]))
    yield PrintCase("integers/wrap", np.arange(-30, 30))
    yield PrintCase("bools/wrap", np.arange(40) % 3 == 0)


def _suffixes() -> Iterator[PrintCase]:
    for count in range(1, 24):
        array = np.arange(count, dtype="float32") + 0.5
        yield PrintCase(f"requires_grad/{count}", array, requires_grad=True)
        yield PrintCase(f"grad_fn/{count}", array, requires_grad=True, grad_fn="clone")
        yield PrintCase(f"dtype_and_grad/{count}", array.astype("float64"), requires_grad=True)
        yield PrintCase(f"dtype_and_grad_fn/{count}", array.astype("float64"), requires_grad=True, grad_fn="clone")
    for shape in [(), (2, 2), (0,), (0, 2), (2, 11), (2, 3, 9)]:
        array = np.full(shape, 4.5, dtype="float64")
        yield PrintCase(f"grad_fn{shape}", array, requires_grad=True, grad_fn="clone")
        yield PrintCase(f"leaf{shape}", array.astype("float32"), requires_grad=True)


def _options() -> Iterator[PrintCase]:
    array = (np.arange(30, dtype="float32") / 7).reshape(3, 10)
    for name, options in {
        "precision": {"precision": 2},
        "precision0": {"precision": 0},
        "precision8": {"precision": 8},
        "threshold": {"threshold": 5},
        "edgeitems": {"threshold": 5, "edgeitems": 1},
        "edgeitems0": {"threshold": 5, "edgeitems": 0},
        "linewidth": {"linewidth": 30},
        "linewidth1": {"linewidth": 1},
        "sci": {"sci_mode": True},
        "no_sci": {"sci_mode": False},
        "short": {"profile": "short"},
        "full": {"profile": "full"},
        "short_precise": {"profile": "short", "precision": 3},
    }.items():
        yield PrintCase(f"options/{name}", array, options)
        yield PrintCase(f"options/{name}/wide", array * np.float32(1e6), options)
        yield PrintCase(f"options/{name}/large", np.arange(1010, dtype="float32"), options)
        yield PrintCase(f"options/{name}/int", np.arange(30), options)
        yield PrintCase(f"options/{name}/scalar", np.array(2.5, dtype="float32"), options, requires_grad=True)
        yield PrintCase(f"options/{name}/whole", np.array([1.0, 20.0, np.inf], dtype="float32"), options)
