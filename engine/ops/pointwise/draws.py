"""Random numbers that depend on tensors: bernoulli, normal, poisson, multinomial; and exponential_, cauchy_ and others,
which overwrite one. Their gradient is zero."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...random import draws, tensors as random
from ...random.generator import Generator, default_generator
from ...tensor import TENSORS, Tensor, from_array
from ..inplace import check_writable, overwrite
from ..reductions.offered import offered
from ..reductions.sorting import top_indices
from ..single import one
from ..table import Gradient, Row, expose
from .fill_random import memory_order, placed, zeros

Array = npt.NDArray[Any]
Source = Generator | None


def _row(name: str, number: int, overload: str = "", inputs: tuple[str, ...] = ("self",)) -> Any:
    title = "".join(part.capitalize() for part in name.split("_"))
    gradient = Gradient("zeros(grad)", lambda grad: zeros(grad))
    return one(
        Row(
            name,
            lambda *given: given[-1],
            inputs,
            (gradient,) * len(inputs),
            node=f"{title}Backward{number}",
            overload=overload,
            arguments=("drawn",),
            elementwise=True,
        )
    )


_bernoulli = _row("bernoulli", 0)
_bernoulli_by_tensor = _row("bernoulli", 1, "Tensor", ("self", "p"))
_bernoulli_by_number = _row("bernoulli", 2, "float")
_poisson = _row("poisson", 0)
_normal_of_mean = _row("normal", 1, "Tensor_float", ("mean",))
_normal_of_std = _row("normal", 2, "float_Tensor", ("std",))
_normal_of_both = _row("normal", 3, "Tensor_Tensor", ("mean", "std"))
_filled = {name: _row(name, 0) for name in ("exponential", "cauchy", "log_normal", "geometric")}


_bernoulli_anew = one(
    Row("bernoulli", lambda self, drawn: drawn, ("self",), (None,), "NotImplemented", "p", arguments=("drawn",))
)


def _own(made: Any) -> Tensor:
    result: Tensor = made
    return result


def _source(generator: Source) -> Generator:
    return default_generator if generator is None else generator


@offered("bernoulli")
def bernoulli(input: Tensor, p: Any = None, *, generator: Source = None) -> Tensor:
    """Ones with the probabilities of `input`, or all with probability `p`; else zeros."""
    array = input.array
    if p is not None:
        _check_chance(p)
        drawn = draws.truths(array.size, p, _source(generator)).reshape(array.shape).astype(array.dtype)
        return _own(_bernoulli_anew((input,), (drawn,)))
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{input.dtype.scalar_type}'")
    _check_chances(array)
    drawn = draws.truths(array.size, array.reshape(-1), _source(generator), array.dtype)
    return _own(_bernoulli((input,), (drawn.reshape(array.shape).astype(array.dtype),)))


@expose("bernoulli_", function=False)
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Source = None) -> Tensor:
    """Ones with probability `p`, a number or a tensor of them; else zeros."""
    if type(p) in TENSORS:
        check_writable(self)
        chances = np.broadcast_to(p.array, self.array.shape).transpose(memory_order(self.array))
        _check_chances(chances)
        drawn = draws.truths(self.array.size, chances.reshape(-1), _source(generator), p.array.dtype)
        values = placed(self.array, drawn).astype(self.array.dtype)
        made = _bernoulli_by_tensor((self, p), (values,), reports=False)
        return overwrite("bernoulli", self, (p,), made)
    _check_chance(p)
    check_writable(self)
    drawn = placed(self.array, draws.truths(self.array.size, p, _source(generator)))
    made = _bernoulli_by_number((self,), (drawn.astype(self.array.dtype),), reports=False)
    return overwrite("bernoulli", self, (), made)


def _check_chance(p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")


def _check_chances(chances: Array) -> None:
    if not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If "
            "so, please report an enhancement request to PyTorch.)"
        )


@expose("normal", method=False)
def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Source = None, **options: Any) -> Tensor:
    """Normal numbers of that mean and standard deviation, either of them a tensor; numbers only with `size`."""
    given = [each for each in (mean, std) if type(each) in TENSORS]
    if not given:
        return random.normal(mean, std, size, generator=generator, **options)
    plain = [from_array(each.array) if type(each) in TENSORS else each for each in (mean, std)]
    if len(given) == 2:
        broadcast_shapes(*(each.array.shape for each in given))  # raises where they do not
    drawn = random.normal(*plain, generator=generator, **options).array
    row = _normal_of_both if len(given) == 2 else _normal_of_mean if given[0] is mean else _normal_of_std
    made: Tensor = row(tuple(given), (drawn,))
    return made


@offered("poisson", method=False)
def poisson(input: Tensor, generator: Source = None) -> Tensor:
    """Poisson numbers, whose rates are the elements."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"poisson_cpu\" not implemented for '{input.dtype.scalar_type}'")
    drawn = draws.poisson(input.array.reshape(-1), _source(generator)).reshape(input.array.shape)
    made: Tensor = _poisson((input,), (drawn,))
    return made


_binomial = one(
    Row(
        "binomial",
        lambda count, prob, drawn: drawn,
        ("count", "prob"),
        (None, None),
        "NotImplemented",
        arguments=("drawn",),
    )
)


@offered("binomial", method=False)
def binomial(count: Any, prob: Any, generator: Source = None) -> Tensor:
    """How many of `count` trials of chance `prob` succeeded."""
    for name, given in (("count", count), ("prob", prob)):
        if given.array.dtype.kind != "f":
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, got: {given.dtype.scalar_type}")
    shape = broadcast_shapes(count.array.shape, prob.array.shape)
    counts, chances = (np.broadcast_to(each.array, shape).reshape(-1) for each in (count, prob))
    drawn = draws.binomial(counts, chances, _source(generator)).reshape(shape)
    made: Tensor = _binomial((count, prob), (drawn,))
    return made


def _fill(name: str, self: Tensor, draw: Callable[[int], Array]) -> Tensor:
    check_writable(self)
    drawn = placed(self.array, draw(self.array.size)).astype(self.array.dtype)
    result: Tensor = overwrite(name, self, (), _filled[name]((self,), (drawn,), reports=False))
    return result


@expose("exponential_", function=False)
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Source = None) -> Tensor:
    """Exponential numbers of rate `lambd`."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    _require_float("Exponential", self, self.dtype.scalar_type)
    return _fill("exponential", self, lambda count: draws.exponential(count, lambd, _source(generator)))


@expose("cauchy_", function=False)
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Source = None) -> Tensor:
    """Cauchy numbers."""
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    _require_float("Cauchy", self, {"int64": "long int", "int32": "int"}.get(self.dtype.name, self.dtype.name))
    return _fill("cauchy", self, lambda count: draws.cauchy(count, median, sigma, _source(generator)))


@expose("log_normal_", function=False)
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Source = None) -> Tensor:
    """e to the power of normal numbers."""
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    if self.array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_normal_cpu\" not implemented for '{self.dtype.scalar_type}'")
    return _fill("log_normal", self, lambda count: draws.log_normal(count, mean, std, _source(generator)))


@expose("geometric_", function=False)
def geometric_(self: Tensor, p: float, *, generator: Source = None) -> Tensor:
    """How many trials of chance `p` it takes to succeed."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return _fill("geometric", self, lambda count: draws.geometric(count, p, _source(generator)))


def _require_float(distribution: str, self: Tensor, found: str) -> None:
    if self.array.dtype.kind != "f":
        raise RuntimeError(
            f"{distribution} distribution is a continuous probability distribution. dtype must be a floating point but "
            f"you specified {found}"
        )


_multinomial = one(Row("multinomial", lambda self, drawn: drawn, ("self",), (None,), arguments=("drawn",)))


@offered("multinomial")
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Source = None) -> Tensor:
    """Places drawn by weight from each row of `input`, which need not sum to one."""
    array = input.array
    if array.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if array.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.scalar_type}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > array.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    rows = array.reshape(-1, array.shape[-1])
    by_race = not replacement or num_samples == 1
    _check_weights(rows, by_race)
    if by_race:  # the smallest of exponential numbers with these rates wins
        raced = draws.exponential(rows.size, 1.0, _source(generator)).astype(array.dtype).reshape(rows.shape)
        found = top_indices(rows / raced, num_samples, 1, True)
    else:
        found = draws.choices(rows, num_samples, _source(generator))
    made: Tensor = _multinomial((input,), (np.ascontiguousarray(found).reshape((*array.shape[:-1], num_samples)),))
    return made


def _check_weights(rows: Array, by_race: bool) -> None:
    if by_race and not ((rows >= 0) & (rows < np.inf)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not (rows >= 0).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if not np.isfinite(rows).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    if (rows.sum(-1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
