"""Puts PyTorch's argument parser behind functions: a call that fails and that PyTorch would not take says so its way.

A function looks at its arguments as it needs them, so a wrong one may come out as an error of what it is made of. The
parser is asked after the failure only: a call that works pays for nothing but one more Python call.
"""

from collections.abc import Callable
from functools import update_wrapper, wraps
from types import FunctionType
from typing import Any, Final

from ..ops.unusual import placed
from .parser import METHODS, check, in_own_words, is_known, refusal

# Their arguments are looked at before the call: a wrong flag would pass unnoticed, and what they do takes longer.
_BEFORE: Final = frozenset(
    [
        "alpha_dropout",
        "alpha_dropout_",
        "bernoulli_",
        "binomial",
        "bincount",
        "cauchy_",
        "count_nonzero",
        "cumulative_trapezoid",
        "diff",
        "exponential_",
        "feature_alpha_dropout",
        "feature_alpha_dropout_",
        "feature_dropout",
        "feature_dropout_",
        "fftfreq",
        "fill_diagonal_",
        "geometric_",
        "histc",
        "histogram",
        "hsplit",
        "dsplit",
        "vsplit",
        "isin",
        "kthvalue",
        "log_normal_",
        "logcumsumexp",
        "logical_and_",
        "logical_or_",
        "logical_xor_",
        "logit",
        "logit_",
        "lstsq",
        "lu_factor",
        "lu_factor_ex",
        "matrix_rank",
        "median",
        "mode",
        "multi_dot",
        "multigammaln",
        "mvlgamma",
        "mvlgamma_",
        "nan_to_num",
        "nan_to_num_",
        "nanmean",
        "nanmedian",
        "nanquantile",
        "nansum",
        "nextafter",
        "normal",
        "norm_except_dim",
        "polygamma",
        "polygamma_",
        "qr",
        "quantile",
        "renorm",
        "repeat_interleave",
        "rfftfreq",
        "rrelu",
        "rrelu_",
        "scalar_tensor",
        "std_mean",
        "svd",
        "tensor_split",
        "threshold",
        "threshold_",
        "tile",
        "to_dense",
        "trapezoid",
        "tril_",
        "triu_",
        "unsafe_chunk",
        "var_mean",
        "blackman_window",
        "bartlett_window",
        "hamming_window",
        "hann_window",
        "kaiser_window",
        "sum_to_size",
        "is_pinned",
    ]
)


def guarded(name: str, function: Any) -> Any:
    """The function of that full name ("torch.add", "torch.Tensor.add"), refusing what PyTorch's parser refuses.

    What is no function written in Python is given back as it is, and what the parser does not know, which PyTorch
    writes in Python too, with the name that Python's own messages have there.
    """
    if type(function) is not FunctionType:
        return function
    if not is_known(name):
        return _called(function, name) if name.startswith(METHODS) and not name.endswith("__") else function
    if name.rpartition(".")[2] in _BEFORE:
        return _looked_at(name, function)
    quick = placed(name, function)
    if quick is not None:
        return quick
    return _guarded_method(name, function) if name.startswith(METHODS) else _guarded_function(name, function)


def guard(module: str, members: dict[str, Any]) -> dict[str, Any]:
    """The members of a module ("torch.linalg"), functions guarded."""
    return {name: guarded(f"{module}.{name}", member) for name, member in members.items()}


def _called(function: FunctionType, name: str) -> FunctionType:
    short = name.removeprefix(METHODS)
    code, closure = function.__code__, function.__closure__
    made = FunctionType(code, function.__globals__, short, function.__defaults__, closure)
    update_wrapper(made, function)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__name__, made.__qualname__ = short, f"Tensor.{short}"
    del made.__wrapped__  # type: ignore[attr-defined]  # it is the function itself, not one around it
    return made


def _looked_at(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        check(name, args, keywords)
        return function(*args, **(in_own_words(name, keywords) or keywords))

    return call


def _guarded_function(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        try:
            return function(*args, **keywords) if keywords else function(*args)
        except Exception:
            message = refusal(name, args, keywords)
            if message is not None:
                raise TypeError(message) from None
            renamed = in_own_words(name, keywords)
            if renamed is None:
                raise
        return function(*args, **renamed)

    return call


def _guarded_method(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(self: Any, /, *args: Any, **keywords: Any) -> Any:
        try:
            return function(self, *args, **keywords) if keywords else function(self, *args)
        except Exception:
            message = refusal(name, args, keywords)
            if message is not None:
                raise TypeError(message) from None
            renamed = in_own_words(name, keywords)
            if renamed is None:
                raise
        return function(self, *args, **renamed)

    return call
