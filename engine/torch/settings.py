"""Settings of the whole process that pasted code makes: threads, precision, determinism, the default device."""

import os
import warnings
from typing import Any, Final

from ..types.device import require_cpu
from ..types.dtype import float32, float64, set_default_dtype

_state: Final[dict[str, Any]] = {
    "threads": 0,
    "interop": 0,
    "precision": "highest",
    "deterministic": False,
    "warn_only": False,
}


def get_num_threads() -> int:
    """How many threads were asked for; NumPy's matrix products take what its library was started with."""
    return int(_state["threads"] or os.cpu_count() or 1)


def set_num_threads(int: Any) -> None:
    """Remember a number of threads. NumPy's own are set before Python starts (OPENBLAS_NUM_THREADS)."""
    _state["threads"] = _positive("set_num_threads", int)


def get_num_interop_threads() -> int:
    """How many were asked for."""
    return int(_state["interop"] or get_num_threads())


def set_num_interop_threads(int: Any) -> None:
    """Remember a number of threads; operations run one after the other."""
    _state["interop"] = _positive("set_num_interop_threads", int)


def get_float32_matmul_precision() -> str:
    """What was set; products are always computed in full precision."""
    return str(_state["precision"])


def set_float32_matmul_precision(precision: str) -> None:
    """Remember a precision; products are always computed in full precision."""
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has "
            "no effect.",
            UserWarning,
            stacklevel=2,
        )
        return
    _state["precision"] = precision


def set_flush_denormal(mode: bool) -> bool:
    """Whether the smallest numbers may be taken for zeros: never here."""
    return False


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the wish; every operation of the engine is deterministic."""
    _state["deterministic"] = bool(mode)
    _state["warn_only"] = bool(warn_only)


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What was set."""
    return bool(_state["warn_only"])


def are_deterministic_algorithms_enabled() -> bool:
    """What was set."""
    return bool(_state["deterministic"])


def set_default_device(device: Any) -> None:
    """Only the CPU can be the default."""
    require_cpu(device)


def set_default_tensor_type(t: Any) -> None:
    """The dtype of a legacy tensor type becomes the default one."""
    known = {"FloatTensor": float32, "DoubleTensor": float64}
    name = (t if isinstance(t, str) else getattr(t, "__name__", str(t))).rsplit(".", maxsplit=1)[-1]
    if name not in known:
        raise TypeError("only floating-point types are supported as the default type")
    set_default_dtype(known[name])


def compile(model: Any = None, **_: Any) -> Any:
    """The function or module itself: there is nothing to compile it with, and the results are the same."""
    return (lambda given: given) if model is None else model


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int):
        raise RuntimeError(f"{name} expects an int, but got {type(value).__name__}")
    if value <= 0:
        raise RuntimeError(f"{name} expects a positive integer")
    return value
