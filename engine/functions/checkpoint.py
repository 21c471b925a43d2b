"""`torch.utils.checkpoint`: run a part of the computation again in backward instead of keeping what it saved.

Without reentrant passes, every tensor that the part saves is replaced by a `_Holder`; the first that a pass asks for
makes the part run again, and the tensors saved then are handed out in the same order. With `use_reentrant=True` the
part is one custom function that runs a backward pass of its own. After PyTorch's torch/utils/checkpoint.py.
"""

import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from .. import grad_mode
from ..backward import current_run
from ..node import Node
from ..ops.table import METHODS
from ..random.generator import default_generator
from ..saving.packed import Packed, pack
from ..saving.saved import as_array
from ..saving.saved_hooks import innermost, saved_tensors_hooks
from ..tensor import TENSORS, Tensor
from .checkpoint_function import CheckpointFunction, recomputing, same_random_numbers

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]

DEBUG_TIP: Final = """
Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint‑debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""


# What is kept belongs to no node; a node is asked only about its own results.
_NO_NODE: Final = object.__new__(Node)


class CheckpointError(RuntimeError):
    """Raised when running a part again saves something else than the first time."""


class _StopRecomputationError(Exception):
    """Raised inside the part, once all that is needed was computed again."""


class _Options:
    """What the context managers of this module set for all checkpoints."""

    def __init__(self) -> None:
        self.early_stop: bool | None = None


_options: Final = _Options()


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Inside, whether checkpoints stop running again as soon as they can."""
    before, _options.early_stop = _options.early_stop, enable
    try:
        yield
    finally:
        _options.early_stop = before


class _Holder:
    """Stands for a saved tensor: per pass, what was saved when the part ran again; None once it was handed out."""

    def __init__(self) -> None:
        self.recomputed: weakref.WeakKeyDictionary[Any, Tensor | None] = weakref.WeakKeyDictionary()


class _OutsidePass:
    """What stands for the pass where saved tensors are looked at outside of one."""


class _Frame:
    """One checkpoint: how to run its part again, and what it saved the first time."""

    def __init__(
        self, recompute: Callable[..., Any], early_stop: bool, describe: Callable[[Tensor], Any], args: tuple[Any, ...]
    ) -> None:
        self.recompute = recompute
        self.early_stop = early_stop
        self.describe = describe
        self.args = [_kept(arg) for arg in args]
        self.holders: list[weakref.ref[_Holder]] = []
        self.descriptions: list[Any] = []
        self.counts: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # saved again, by pass
        self.done: weakref.WeakSet[Any] = weakref.WeakSet()  # passes that ran the part again
        self.forward_completed = False
        self.ignores_counts = False

    # ---- the first time ----

    def hold(self, tensor: Tensor) -> _Holder:
        """The pack hook of the first run."""
        holder = _Holder()
        self.holders.append(weakref.ref(holder))
        self.descriptions.append(self.describe(tensor))
        return holder

    def give(self, holder: _Holder) -> Tensor:
        """The unpack hook of the first run: run the part again, if this pass did not yet."""
        run: Any = current_run() or _OutsidePass()
        if run not in self.done:
            try:
                with self._holding_again(run), grad_mode.enable_grad():
                    self.recompute(*[_given(arg) for arg in self.args])
            except _StopRecomputationError:
                ended_early = True
            else:
                ended_early = False
            self.done.add(run)
            self._check(run, ended_early)
        found = holder.recomputed[run]
        if found is None:
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you "
                "are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an "
                "issue with details on your use case."
            )
        holder.recomputed[run] = None
        return found

    # ---- again ----

    def _holding_again(self, run: Any) -> saved_tensors_hooks:
        return saved_tensors_hooks(lambda tensor: self._hold_again(tensor, run), lambda tensor: tensor)

    def _hold_again(self, tensor: Tensor, run: Any) -> Tensor:
        """The pack hook of a later run."""
        if tensor.requires_grad:
            tensor = METHODS["detach"](tensor)
        place = self.counts.get(run, 0)
        self.counts[run] = place + 1
        if place >= len(self.holders):
            if not self.forward_completed:
                self.ignores_counts = True
                return tensor
            raise CheckpointError(
                "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                f"forward pass.\n{DEBUG_TIP}"
            )
        holder = self.holders[place]()
        if holder is not None:
            holder.recomputed[run] = tensor
        if self.early_stop and place + 1 == len(self.holders):
            raise _StopRecomputationError
        return tensor

    def _check(self, run: Any, ended_early: bool) -> None:
        """Raise CheckpointError when the part saved something else this time."""
        if self.ignores_counts:
            return
        count = self.counts.get(run, 0)
        if count != len(self.holders) and not ended_early:
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.holders)}\n"
                f"Number of tensors saved during recomputation: {count}.\n{DEBUG_TIP}"
            )
        told = ""
        for place, (reference, before) in enumerate(zip(self.holders, self.descriptions, strict=True)):
            holder = reference()
            tensor = None if holder is None else holder.recomputed.get(run)
            if tensor is not None and self.describe(tensor) != before:
                told += (
                    f"tensor at position {place}:\nsaved metadata: {before}\n"
                    f"recomputed metadata: {self.describe(tensor)}\n"
                )
        if told:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.\n{told}.\n{DEBUG_TIP}"
            )


def _kept(argument: Any) -> Any:
    """An argument kept as an operation would save it: with its version, or as the hooks around want it."""
    if type(argument) not in TENSORS:
        return argument
    hooks = innermost()
    if hooks is not None:
        return pack(_NO_NODE, argument, 0, *hooks)
    return _Saved(argument)


class _Saved:
    """A tensor and its version."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.version = tensor._version


def _given(kept: Any) -> Any:
    """The argument again. Raises RuntimeError where it was changed in place since."""
    if type(kept) is Packed:
        return kept.tensor(_NO_NODE)
    if type(kept) is not _Saved:
        return kept
    as_array(_NO_NODE, kept.tensor, kept.version)
    return kept.tensor


def _metadata(tensor: Tensor) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


_CHECKS: Final[dict[str, Callable[[Tensor], Any]]] = {"default": _metadata, "none": lambda _: None}


def noop_context_fn() -> Contexts:
    """Two contexts that do nothing."""
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args)`, whose saved tensors are computed again when a backward pass needs them."""
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, "
            "calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but "
            "if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for "
            "more details on the differences between the two variants.",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant:
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    if debug:
        raise NotImplementedError(
            "checkpoint(debug=True) is not supported by the embedded engine; leave it out and compare the operations "
            "of both runs in the graph"
        )
    if determinism_check not in _CHECKS:
        raise ValueError(f"determinism_check should be one of {list(_CHECKS)}, but got {determinism_check}")
    stops = early_stop if _options.early_stop is None else _options.early_stop
    return _run(function, args, kwargs, preserve, context_fn(), _CHECKS[determinism_check], stops)


def _run(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    preserve: bool,
    contexts: Contexts,
    describe: Callable[[Tensor], Any],
    early_stop: bool,
) -> Any:
    first, again = contexts
    position = default_generator.position() if preserve else None

    def recompute(*inputs: Any) -> None:
        with recomputing(function), same_random_numbers(position), again:
            function(*inputs, **kwargs)

    if not grad_mode.is_grad_enabled():
        return function(*args, **kwargs)
    frame = _Frame(recompute, early_stop, describe, args)
    with saved_tensors_hooks(frame.hold, frame.give), first:
        result = function(*args, **kwargs)
    frame.forward_completed = True
    return result


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Run modules one after the other, in `segments` checkpoints of which the last is none."""
    from ..nn.container import Sequential

    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In "
            "version 2.9 we will raise an exception if use_reentrant is not passed. use_reentrant=False is "
            "recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. "
            "Refer to docs for more details on the differences between the two variants.",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    parts = list(functions.children()) if isinstance(functions, Sequential) else functions

    def chain(start: int, end: int) -> Callable[[Any], Any]:
        def forward(value: Any) -> Any:
            for part in parts[start:end]:
                value = part(value)
            return value

        return forward

    size = len(parts) // segments
    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(chain(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return chain(end, len(parts))(input)


CheckpointError.__module__ = "torch.utils.checkpoint"
