"""One call of an operator in one world, with everything of it that can be compared."""

from dataclasses import dataclass
from typing import Any

from . import scope
from .compare import describe, difference
from .worlds import World


@dataclass
class Ran:
    """What a call gave: the live result and arguments, and both in plain NumPy."""

    world: World
    result: Any
    tensors: list  # the arguments that are tensors, in the order of `Sample.specs()`
    plain: Any
    after: list  # the same arguments in plain NumPy, after the call
    returns_itself: bool = True  # of an in-place call: whether it returned the tensor that it changed


def run_call(world, function, sample, inplace=False):
    """Call `function` with fresh arguments from the sample; an in-place one changes a copy of its first argument."""
    args, kwargs, tensors = world.arguments(sample)
    if inplace:
        args = (args[0].clone(), *args[1:])
    world.module.manual_seed(0)
    returned = function(*args, **kwargs)
    result = args[0] if inplace else returned
    after = [describe(tensor, world.is_tensor) for tensor in tensors]
    return Ran(world, result, tensors, describe(result, world.is_tensor), after, not inplace or returned is result)


def side_effects(theirs, ours, tolerances):
    """What differs besides the result: an argument that a call changes (running statistics) or must not change."""
    if not ours.returns_itself and theirs.returns_itself:
        return "the tensor itself is expected to be returned"
    for number, pair in enumerate(zip(theirs.after, ours.after, strict=True)):
        text = difference(*pair, tolerances)
        if text is not None:
            return f"tensor argument {number} after the call: {text}"
    return None


@dataclass
class Case:
    """A call that PyTorch answers, and its answer."""

    call: Any
    sample: Any
    process: Any  # what PyTorch's tests do with the result before they compare: takes the signs off singular vectors
    ran: Ran

    def processed(self):
        """PyTorch's result as its tests compare it."""
        return self.process(self.ran.result)

    def outside(self):
        """Whether a dtype is involved that the engine may refuse."""
        return refuses_dtype(self.sample, str(self.ran.plain))


def refuses_dtype(sample, result=""):
    """Whether a call's arguments or result have a dtype that the engine may refuse."""
    text = " ".join([*(spec.dtype for spec in sample.specs()), str(sample), result])
    return any(dtype in text for dtype in scope.REFUSED_DTYPES)
