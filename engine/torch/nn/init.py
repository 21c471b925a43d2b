"""`torch.nn.init`: ways to fill parameters. With the same seed they draw PyTorch's numbers."""

import functools
import math
import warnings
from collections.abc import Callable
from math import prod
from typing import Any

from ... import torch as _torch
from ...grad_mode import no_grad
from ...random.generator import Generator
from ..names import missing as _missing

torch: Any = _torch
Source = Generator | None
_LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    """By how much an activation shrinks what passes through it, to be made good for by the weights before it."""
    if nonlinearity in _LINEAR or nonlinearity == "sigmoid":
        return 1
    known = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    if nonlinearity in known:
        return known[nonlinearity]
    if nonlinearity != "leaky_relu":
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    if param is None:
        param = 0.01
    elif isinstance(param, bool) or not isinstance(param, (int, float)):
        raise ValueError(f"negative_slope {param} not a valid number")
    return math.sqrt(2.0 / (1 + param**2))


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Source = None) -> Any:
    """Uniform in [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Source = None) -> Any:
    """Normal."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor: Any, val: float) -> Any:
    """The same value everywhere."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Any) -> Any:
    """Ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Any) -> Any:
    """Zeros."""
    with no_grad():
        return tensor.zero_()


def eye_(tensor: Any) -> Any:
    """The identity matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with no_grad():
        tensor.copy_(torch.eye(*tensor.shape, dtype=tensor.dtype))
    return tensor


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """A convolution that passes its input on, channel by channel."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    share = tensor.shape[0] // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    with no_grad():
        tensor.zero_()
        for group in range(groups):
            for channel in range(min(share, tensor.shape[1])):
                tensor[(group * share + channel, channel, *middle)] = 1
    return tensor


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Source = None) -> Any:
    """Uniform, with the variance of Glorot and Bengio, "Understanding the difficulty of training" (2010)."""
    bound = math.sqrt(3.0) * _glorot(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Source = None) -> Any:
    """Normal, with the variance of Glorot and Bengio (2010)."""
    return normal_(tensor, 0.0, _glorot(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Source = None
) -> Any:
    """Uniform, with the variance of He et al., "Delving deep into rectifiers" (2015)."""
    if _is_empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * (calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode)))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Source = None
) -> Any:
    """Normal, with the variance of He et al. (2015)."""
    if _is_empty(tensor):
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))
    return normal_(tensor, 0, std, generator)


def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Source = None
) -> Any:
    """Normal, drawn anew wherever it falls outside [a, b]; far out in a tail by rejection from the uniform."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    inside = _below((b - mean) / std) - _below((a - mean) / std)
    with no_grad():
        return (_redrawn if inside > 0.3 else _rejected)(tensor, mean, std, a, b, generator)


def orthogonal_(tensor: Any, gain: float = 1, generator: Source = None) -> Any:
    """A (semi-)orthogonal matrix. Source: Saxe et al., "Exact solutions to the nonlinear dynamics" (2014)."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    with no_grad():
        drawn = tensor.new_empty((rows, columns)).normal_(0, 1, generator=generator)
        q, r = torch.linalg.qr(drawn.t() if rows < columns else drawn)
        q = q * torch.diag(r, 0).sign()
        tensor.copy_((q.t() if rows < columns else q).reshape(tensor.shape))
        tensor.mul_(gain)
    return tensor


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Source = None) -> Any:
    """Normal, with a share of zeros in every column. Source: Martens, "Deep learning via Hessian-free" (2010)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            tensor[torch.randperm(rows)[:zeros], column] = 0
    return tensor


def _calculate_fan_in_and_fan_out(tensor: Any) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _calculate_correct_fan(tensor: Any, mode: str) -> int:
    modes = ["fan_in", "fan_out"]
    mode = mode.lower()
    if mode not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {modes}")
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode)]


def _glorot(tensor: Any, gain: float) -> float:
    return gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))


def _is_empty(tensor: Any) -> bool:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def _below(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _redrawn(tensor: Any, mean: float, std: float, a: float, b: float, generator: Source) -> Any:
    least, most = tensor.new_tensor(a).item(), tensor.new_tensor(b).item()
    result = tensor.normal_(mean, std, generator=generator)
    while (outside := (result < least) | (result > most)).any():
        result = torch.where(outside, torch.empty_like(result).normal_(mean, std, generator=generator), result)
    return tensor if result is tensor else tensor.copy_(result)


def _rejected(tensor: Any, mean: float, std: float, a: float, b: float, generator: Source) -> Any:
    """Uniform values, each kept with the density there over the highest in [a, b]."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def refused(values: Any) -> Any:
        allowed = values.clone().sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak)
        return torch.empty_like(tensor).uniform_(generator=generator).log_().gt(allowed)

    result = tensor.uniform_(a, b, generator=generator).detach().clone()
    pending = refused(result)
    while pending.any():
        drawn = torch.empty_like(result).uniform_(a, b, generator=generator)
        result = torch.where(pending, drawn, result)
        pending = pending & refused(drawn)
    return tensor.copy_(result)


def _old_name(name: str) -> Callable[..., Any]:
    new = globals()[f"{name}_"]

    @functools.wraps(new)
    def function(*args: Any, **named: Any) -> Any:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return new(*args, **named)

    function.__name__ = function.__qualname__ = name
    return function


uniform, normal, constant, eye, dirac, orthogonal, sparse = map(
    _old_name, ("uniform", "normal", "constant", "eye", "dirac", "orthogonal", "sparse")
)
xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal = map(
    _old_name, ("xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal")
)


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.init", name)
