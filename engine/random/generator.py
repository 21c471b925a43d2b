"""The stream of random numbers behind `torch.rand*`: MT19937 and PyTorch's transforms of it, on plain arrays.

Given a seed the numbers equal PyTorch's CPU generator bit for bit: uniform, integers, permutations and float64 normals
on any machine, float32 normals of 16 and more elements as PyTorch computes them on processors with AVX2.
Source: PyTorch's `CPUGeneratorImpl`, `TransformationHelper.h`, `DistributionTemplates.h` and `avx_mathfun.h`.
"""

import math
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from ..transforms.levels import check_random
from ..types.device import CPU, device
from .normal import box_muller_float32, box_muller_float64, multiply_add

if TYPE_CHECKING:
    from ..tensor import Tensor

Array = npt.NDArray[Any]

_DEFAULT_SEED: Final = 67280421310721
_BLOCK: Final = 16  # normals are made in blocks of 8 + 8 once there are this many
_WIDE_RANGE: Final = 1 << 28  # integers below a larger bound take two words each


class Generator:
    """A source of random numbers with its own seed, as `torch.Generator`."""

    __slots__ = ("_next_normal", "_seed", "_words")

    def __init__(self, device: object = "cpu") -> None:
        if str(device) != "cpu":
            raise NotImplementedError(
                f"Generator on device '{device}' is not supported by the embedded engine; use 'cpu'"
            )
        self._words = np.random.MT19937()
        self.manual_seed(_DEFAULT_SEED)

    def manual_seed(self, seed: int) -> "Generator":
        """Start again from `seed`, any integer of 64 bits (negative ones count from the top)."""
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        # The seeding of RandomState is Knuth's, PyTorch's too; only the low 32 bits count in both.
        key = np.random.RandomState(self._seed & 0xFFFFFFFF).get_state(legacy=False)
        self._words.state = {"bit_generator": "MT19937", "state": key["state"]}
        self._next_normal: float | None = None
        return self

    def seed(self) -> int:
        """Start again from a seed that nobody can foresee; returns it."""
        self.manual_seed(secrets.randbits(64))
        return self._seed

    def position(self) -> tuple[Any, float | None]:
        """Where in its stream of numbers the generator is."""
        return self._words.state, self._next_normal

    def go_to(self, position: tuple[Any, float | None]) -> None:
        """Continue from where `position()` was asked for."""
        self._words.state, self._next_normal = position

    def initial_seed(self) -> int:
        """The seed of the last start."""
        return self._seed

    @property
    def device(self) -> device:
        """Always the CPU."""
        return CPU

    def get_state(self) -> "Tensor":
        """Where it is in its stream of numbers, as PyTorch's tensor of 5056 bytes."""
        from .generator_state import get_state  # which makes a tensor, and tensors draw from generators

        return get_state(self)

    def set_state(self, new_state: "Tensor") -> "Generator":
        """Go to where `get_state` was asked for."""
        from .generator_state import set_state

        return set_state(self, new_state)

    def clone_state(self) -> "Generator":
        """Another generator at the same place."""
        made = Generator()
        made.manual_seed(self._seed)
        made.go_to(self.position())
        return made

    def uniform(self, count: int, dtype: "np.dtype[Any]", low: float = 0.0, high: float = 1.0) -> Array:
        """`count` numbers in [low, high), 24 random bits each for float32 and 53 for float64."""
        check_random()
        if dtype == np.float32:
            unit = (self._words.random_raw(count) & 0xFFFFFF).astype(np.float32) * np.float32(2**-24)
        else:
            unit = (self._double_words(count) & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53
        if (low, high) == (0.0, 1.0):
            return unit
        bottom = dtype.type(low)
        return multiply_add(unit, dtype.type(high) - bottom, bottom)

    def integers(self, low: int, high: int, count: int) -> npt.NDArray[np.int64]:
        """`count` integers in [low, high)."""
        span = high - low
        return self.below(span, count, span >= _WIDE_RANGE).astype(np.int64) + low

    def below(self, bound: int, count: int, wide: bool) -> npt.NDArray[np.uint64]:
        """`count` integers in [0, bound), of two words each where `wide`."""
        check_random()
        words = self._double_words(count) if wide else self._words.random_raw(count)
        return words % np.uint64(bound)

    def permutation(self, count: int) -> npt.NDArray[np.int64]:
        """The integers below `count` in random order (Fisher-Yates from the front)."""
        check_random()
        order = list(range(count))
        words = self._words.random_raw(max(count - 1, 0)).tolist()
        for i, word in enumerate(words):
            j = i + word % (count - i)
            order[i], order[j] = order[j], order[i]
        return np.array(order, dtype=np.int64)

    def normal(
        self, count: int, dtype: "np.dtype[Any]", mean: float = 0.0, std: float = 1.0, block: bool = True
    ) -> Array:
        """`count` normal numbers. `block` False takes them one by one, as PyTorch does for non-contiguous memory."""
        check_random()
        if count < _BLOCK or not block:
            singles = np.array(self._one_by_one(count), dtype=np.float64)
            return (singles if (mean, std) == (0.0, 1.0) else multiply_add(singles, std, mean)).astype(dtype)
        box_muller: Callable[[Array], Array] = box_muller_float32 if dtype == np.float32 else box_muller_float64
        unit = self.uniform(count, dtype)
        whole = count - count % _BLOCK
        unit[:whole] = box_muller(unit[:whole])
        if whole < count:  # the last block overlaps the one before it, with numbers of its own
            unit[-_BLOCK:] = box_muller(self.uniform(_BLOCK, dtype))
        if (mean, std) == (0.0, 1.0):
            return unit
        return multiply_add(unit, dtype.type(std), dtype.type(mean))

    def _one_by_one(self, count: int) -> list[float]:
        """Box-Muller makes two at a time; the second of the last pair waits for the next call."""
        found = [] if self._next_normal is None or not count else [self._next_normal]
        if found:
            self._next_normal = None
        pairs = (count - len(found) + 1) // 2
        units = ((self._double_words(2 * pairs) & np.uint64(2**53 - 1)) * 2.0**-53).tolist() if pairs else []
        for angle, size in zip(units[0::2], units[1::2], strict=True):
            radius = math.sqrt(-2.0 * math.log1p(-size))
            theta = 2.0 * math.pi * angle
            found += (radius * math.cos(theta), radius * math.sin(theta))
        if len(found) > count:
            self._next_normal = found.pop()
        return found

    def _double_words(self, count: int) -> npt.NDArray[np.uint64]:
        """Numbers of 64 bits, the high word drawn first."""
        words = self._words.random_raw(2 * count)
        high: npt.NDArray[np.uint64] = words[0::2] << np.uint64(32)
        return high | words[1::2]

    def __repr__(self) -> str:
        return f"<torch._C.Generator object at 0x{id(self):x}>"


Generator.__module__ = "torch"

default_generator: Final = Generator()
default_generator.seed()
