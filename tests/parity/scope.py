"""What is left out and why, whose numbers are not compared, and which part of the engine an operator belongs to."""

import tomllib
from pathlib import Path

# name or prefix (ending in "*") -> reason. Samples with complex or half tensors are left out one by one, in `run.py`.
OUT_OF_SCOPE = {
    "sparse.*": "sparse",
    "to_sparse": "sparse",
    "jiterator*": "jiterator (CUDA)",
    "torch.*": "PyTorch's internals",
    "_*": "PyTorch's internals",
    "native_*": "PyTorch's internals",
    "max_pool2d_with_indices_backward": "PyTorch's internals",
    "slice": "PyTorch's internals",
    "view_as_complex": "complex only",
    "view_as_real": "complex only",
    "complex": "complex only",
    "polar": "complex only",
    "cfloat": "complex only",
    "cdouble": "complex only",
    "chalf": "complex only",
    "imag": "complex only",
    "bfloat16": "half precision only",
    "half": "half precision only",
    "hash_tensor": "a checksum of PyTorch's own",
    "bmm:triton_optimized": "CUDA",
}

AREAS = ("pointwise", "reductions", "shape", "linear", "neural", "other")
REFUSED_DTYPES = ("complex", "float16", "bfloat16", "float8", "uint16", "uint32", "uint64")

_GROUPS = tomllib.loads((Path(__file__).parent / "operators.toml").read_text(encoding="utf-8"))
NAMED, UNDEFINED, RANDOM, TIED = (set(_GROUPS[group].split()) for group in ("named", "undefined", "random", "tied"))
_AREAS = {area: set(words.split()) for area, words in _GROUPS["areas"].items()}


def why_out(name, variant=""):
    """The reason for which the operator is not counted; None when it is."""
    for pattern, reason in OUT_OF_SCOPE.items():
        prefix = pattern.removesuffix("*")
        dunder = pattern == "_*" and name.startswith("__")
        if not dunder and (pattern in (name, f"{name}:{variant}") or (prefix != pattern and name.startswith(prefix))):
            return reason
    return None


def area(name, kind):
    """The part of the engine the operator belongs to; `kind` is the class name of its OpInfo."""
    if name.startswith("nn.functional."):
        return "neural"
    if name.startswith("linalg.") or name in _AREAS["linear"]:
        return "linear"
    if (
        name.startswith(("fft.", "signal.", "masked."))
        or name in UNDEFINED | RANDOM | _AREAS["other"]
        or kind == "SpectralFuncInfo"
    ):
        return "other"
    if kind == "ReductionOpInfo" or name in _AREAS["reductions"]:
        return "reductions"
    if (
        kind in ("UnaryUfuncInfo", "BinaryUfuncInfo")
        or name in _AREAS["pointwise"]
        or name.startswith(("__r", "special."))
    ):
        return "pointwise"
    return "shape"
