"""Takes results of either world apart and compares them. Plain NumPy: knows neither PyTorch nor the engine."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Plain:
    """A tensor of either world: elements, dtype by name, whether it is tracked."""

    array: np.ndarray
    dtype: str
    requires_grad: bool

    def __str__(self):
        values = np.array2string(self.array.ravel()[:6], precision=8, separator=", ", threshold=6)
        more = "..." if self.array.size > 6 else ""
        return f"{self.dtype}{list(self.array.shape)} {values}{more}"


@dataclass(frozen=True)
class Group:
    """Several results: "tuple", "list", or a named tuple's field names."""

    kind: str
    items: tuple

    def __str__(self):
        return f"{self.kind}({', '.join(str(item) for item in self.items)})"


def describe(value, is_tensor):
    """A result as Plain, Group or Python value. Arrays are copied."""
    if is_tensor(value):
        bare = value.detach()
        if getattr(bare, "_is_zerotensor", bool)():  # PyTorch's zeros without memory
            bare = bare.clone()
        if getattr(bare, "is_conj", None) is not None and bare.dtype.is_complex:
            bare = bare.resolve_conj()
        dtype = str(bare.dtype).removeprefix("torch.")
        if dtype in ("bfloat16", "float16") or dtype.startswith("float8"):
            bare = bare.float()
        return Plain(np.array(bare.numpy()), dtype, value.requires_grad)
    if isinstance(value, (list, tuple)):
        items = tuple(describe(item, is_tensor) for item in value)
        if type(value).__name__ == "Size":
            return Group("Size", items)
        fields = getattr(type(value), "__match_args__", ())
        return Group("named " + " ".join(fields) if fields else type(value).__name__, items)
    if isinstance(value, dict):
        return Group("dict " + " ".join(map(str, value)), tuple(describe(item, is_tensor) for item in value.values()))
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    return str(value)


def difference(expected, got, tolerances, values=True):
    """What differs first, in one line; None when nothing does. `tolerances`: dtype name -> (rtol, atol)."""
    if isinstance(expected, Plain):
        if not isinstance(got, Plain):
            return f"a tensor is expected, got {type(got).__name__} {got!r}"
        return _tensor_difference(expected, got, tolerances, values)
    if isinstance(expected, Group):
        if not isinstance(got, Group) or got.kind != expected.kind:
            return f"{expected.kind} is expected, got {got.kind if isinstance(got, Group) else type(got).__name__}"
        if len(got.items) != len(expected.items):
            return f"{len(expected.items)} results are expected, got {len(got.items)}"
        for number, pair in enumerate(zip(expected.items, got.items, strict=True)):
            found = difference(*pair, tolerances, values)
            if found is not None:
                return f"result {number}: {found}"
        return None
    if type(expected) is not type(got):
        return f"{type(expected).__name__} {expected!r} is expected, got {type(got).__name__} {got!s:.80}"
    if values and not _equal_numbers(expected, got, tolerances):
        return f"{expected!r} is expected, got {got!r}"
    return None


def is_as_exact(expected, got, exact, tolerances, size=0.0):
    """Whether `got` is as near to the result at double precision as `expected` is, up to a factor of four.

    `size`: the largest number on the way; two units in its last place are noise.
    """
    if isinstance(expected, Group):
        trios = zip(expected.items, got.items, exact.items, strict=True)
        size = max(size, largest(exact))
        return all(is_as_exact(*trio, tolerances, size) for trio in trios)
    if not isinstance(expected, Plain) or difference(expected, got, tolerances) is None:
        return difference(expected, got, tolerances) is None
    if not isinstance(exact, Plain) or exact.array.shape != got.array.shape:
        return False
    rtol, atol = tolerances.get(expected.dtype, (0.0, 0.0))
    atol = max(atol, 2 * float(np.finfo(expected.array.dtype).eps) * size)
    theirs, ours = (np.abs(result.array.astype(np.float64) - exact.array) for result in (expected, got))
    finite = np.isfinite(theirs)
    if not np.array_equal(finite, np.isfinite(ours)):
        return False
    scale = np.abs(exact.array[finite]) + atol
    worst = float((theirs[finite] / scale).max(initial=0.0))
    return bool((ours[finite] <= atol + (rtol + 4 * worst) * scale).all())


def largest(value):
    """The largest finite magnitude in a result."""
    if isinstance(value, Group):
        return max(map(largest, value.items), default=0.0)
    if not isinstance(value, Plain) or value.array.dtype.kind not in "fc":
        return 0.0
    return float(np.abs(value.array[np.isfinite(value.array)]).max(initial=0.0))


def _tensor_difference(expected, got, tolerances, values):
    if expected.array.shape != got.array.shape:
        return f"shape {list(expected.array.shape)} is expected, got {list(got.array.shape)}"
    if expected.dtype != got.dtype:
        return f"dtype {expected.dtype} is expected, got {got.dtype}"
    if expected.requires_grad != got.requires_grad:
        return f"requires_grad {expected.requires_grad} is expected, got {got.requires_grad}"
    if not values:
        return None
    rtol, atol = tolerances.get(expected.dtype, (0.0, 0.0))
    close = np.isclose(got.array, expected.array, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return None
    place = tuple(int(index) for index in np.argwhere(~close)[0])
    many = f"{int((~close).sum())} of {close.size} numbers differ, first at {list(place)}: "
    return many + f"{expected.array[place]!r} is expected, got {got.array[place]!r}"


def _equal_numbers(expected, got, tolerances):
    if isinstance(expected, (float, complex)) and not isinstance(expected, bool):
        rtol, atol = tolerances.get("float64", (0.0, 0.0))
        return bool(np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True))
    return expected == got


def is_refusal(error, name):
    """Whether an exception of the engine's honestly says that it lacks something, `name` for one."""
    if isinstance(error, NotImplementedError):
        return True
    return isinstance(error, AttributeError) and f"has no attribute '{name}'" in str(error)
