"""The node of a custom function: calls the person's `backward` and checks what it returns, in PyTorch's words.

Its users write attributes to it, so it has a `__dict__`; the names that the engine itself reads of a node are refused.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import grad_mode, observe
from ..checks.anomaly import running_node
from ..fired import note_use
from ..hooks import from_tensor, to_tensor
from ..node import FREED_MESSAGE, Node, NodeExtras, Output, SavedResult, next_number
from ..ops.table import Row
from ..saving.packed import Packed
from ..saving.saved import as_array, as_tensor
from ..tensor import TENSORS, Tensor, from_array

ENGINES_OWN: Final = frozenset(
    {
        "change_saved",
        "extras",
        "keeps",
        "more",
        "next_edges",
        "output_count",
        "output_kinds",
        "outputs_many",
        "release",
        "row",
        "run",
        "runs_on_nothing",
        "saved_items",
        "saved_items_of",
        "saved_raw",
        "sequence_number",
    }
)


class FunctionNode(Node):
    """One call of a custom function. Its outputs are always `Output`s, also where there is one."""

    outputs_many = True
    runs_on_nothing = True  # `backward` is called also where no gradient arrived

    # A person may well write `ctx.shape = x.shape`; the engine asks the `Output`s instead.
    shape: Any = None
    dtype: Any = None

    needs_input_grad: tuple[bool, ...] = ()
    to_save: Any = None
    saved_for_forward: Any = None
    dirty_tensors: Any = None
    non_differentiable: Any = None
    _materializes: bool = True

    def __init__(self, arguments: tuple[Any, ...], tracked: bool) -> None:
        keep = object.__setattr__
        tensors = [argument for argument in arguments if type(argument) in TENSORS]
        keep(self, "extras", None)
        keep(self, "output_count", 0)
        keep(self, "next_edges", tuple([tensor.edge() for tensor in tensors]) if tracked else ())
        keep(self, "sequence_number", next_number())  # after `edge()`, which may make a node
        self.needs_input_grad = tuple([type(x) in TENSORS and x._requires_grad for x in arguments])
        self._takes_gradient = tuple([type(x) in TENSORS for x in arguments])
        self._made: tuple[tuple[tuple[int, ...], Any] | None, ...] = ()  # of each output its shape and dtype
        self._kept: tuple[tuple[Any, int], ...] = ()  # what save_for_backward was given, and its version
        self._freed = False
        self._taken = False  # by a function that wants its saved tensors cleared then

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ENGINES_OWN:
            raise AttributeError(f"ctx.{name} is a name that the embedded engine uses itself; choose another name")
        object.__setattr__(self, name, value)

    @property
    def materialize_grads(self) -> bool:
        """Can be set, but not read, as in PyTorch."""
        raise AttributeError("attribute 'materialize_grads' of 'torch._C._FunctionBase' objects is not readable")

    @materialize_grads.setter
    def materialize_grads(self, value: bool) -> None:
        self._materializes = value

    def _set_outputs(self, made: tuple[tuple[tuple[int, ...], Any] | None, ...]) -> None:
        """Say what the outputs are: shape and dtype, or None for what is no tensor."""
        self._made = made
        object.__setattr__(self, "output_count", len(made))

    def output_kinds(self) -> tuple[tuple[tuple[int, ...], Any], ...]:
        """See Node."""
        return tuple([((), np.dtype(np.float32)) if made is None else made for made in self._made])

    def more(self) -> NodeExtras:
        """See Node."""
        if self.extras is None:
            object.__setattr__(self, "extras", NodeExtras())
        assert self.extras is not None
        return self.extras

    def __repr__(self) -> str:
        return object.__repr__(self)  # with its module, unlike PyTorch's own nodes

    # ---- saved tensors ----

    def _keep_saved(self) -> None:
        """Save what `save_for_backward` was given; outputs of this node by their memory, which makes no cycle.

        Raises TypeError for what is no tensor.
        """
        for place, value in enumerate(self.to_save or ()):
            if value is not None and type(value) not in TENSORS:
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {place} is of type {type(value).__name__}"
                )
        self._kept = tuple(
            [(self._packed(value), 0 if value is None else value._version) for value in self.to_save or ()]
        )
        self.to_save = None
        if self._kept and grad_mode.local.pack is not None:
            grad_mode.local.pack(self)

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """See Node."""
        kept = []
        for place, (value, version) in enumerate(self._kept):
            name = f"saved_tensors[{place}]"
            if value is None or type(value) is Packed:
                kept.append((value, version))
            elif type(value) is tuple:  # an output: its place in a tuple tells its number
                saved, number = value
                kept.append((change(name, (None,) * number + (saved,))[-1], version))
            else:
                kept.append((change(name, value), version))
        self._kept = tuple(kept)

    def _packed(self, value: Tensor | None) -> Any:
        if value is None or value.grad_fn is not self:
            return value
        saved = SavedResult(value.array, value.version)
        return saved, value.output_nr

    def _unpacked(self, value: Any, version: int) -> Any:
        if type(value) is not tuple:
            return as_tensor(self, value, version)
        saved, number = value
        as_array(self, saved, version)
        result = from_array(saved.array, True)
        result._fn = Output(self, number, saved.array.shape, saved.array.dtype)
        result._version_counter = saved._version_counter
        return result

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept. Raises RuntimeError once it was freed, or where it was changed in place."""
        if self._freed:
            raise RuntimeError(FREED_MESSAGE)
        if observe.observer is not None and running_node() is self:
            note_use()
        if self.saved_for_forward is not None and not self._kept:
            return tuple(self.saved_for_forward)
        return tuple([self._unpacked(value, version) for value, version in self._kept])

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The old name of `saved_tensors`."""
        import warnings

        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    def release(self) -> None:
        """Free what was saved."""
        self._kept = ()
        self._freed = True

    def saved_raw(self) -> Any:
        """See Node."""
        return self._kept

    def saved_items_of(self, state: Any) -> list[tuple[str, Any, Any]]:
        """See Node."""
        return [
            (f"saved_tensors[{place}]", value[0] if type(value) is tuple else value, version)
            for place, (value, version) in enumerate(state)
        ]

    # ---- backward ----

    def apply(self, *args: Any) -> Any:
        """Call what the person wrote."""
        raise NotImplementedError(f"{self.name()} has no backward")

    def run(self, gradient: Any, unpack: Callable[[Node, Any, int], Any]) -> tuple[Any, ...]:
        """See Node. Raises RuntimeError, in PyTorch's words, when `backward` returns something else than it should."""
        arrived = gradient if type(gradient) is tuple else (gradient,)  # CopySlices has the one of its only output
        creates = grad_mode.is_grad_enabled()
        returned = self.apply(*[self._materialized(item, made) for item, made in zip(arrived, self._made, strict=True)])
        results = returned if isinstance(returned, tuple) else (returned,)
        return tuple([from_tensor(result, creates) for result in self._checked(results)])

    def _materialized(self, gradient: Any, made: tuple[tuple[int, ...], Any] | None) -> Any:
        if gradient is None and made is not None and self._materializes:
            return from_array(np.zeros(*made))
        return to_tensor(gradient)

    def _checked(self, results: tuple[Any, ...]) -> list[Any]:
        """The gradients of the inputs that are tensors."""
        wanted = self._takes_gradient
        if len(results) > len(wanted) and all(extra is None for extra in results[len(wanted) :]):
            results = results[: len(wanted)]
        name = type(self).__name__
        if len(results) != len(wanted):
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients "
                f"(expected {len(wanted)}, got {len(results)})"
            )
        found = []
        for place, (result, takes) in enumerate(zip(results, wanted, strict=True)):
            if not takes:
                if result is not None:
                    raise RuntimeError(
                        f"function {name} returned a gradient different than None at position {place + 1}, but the "
                        "corresponding forward input was not a Variable"
                    )
                continue
            if result is not None and type(result) not in TENSORS:
                raise RuntimeError(f"expected Variable or None (got {type(result).__name__})")
            found.append(result)
        return found

    def apply_jvp(self, *args: Any) -> Any:
        """Call the `jvp` that the person wrote."""
        raise NotImplementedError(f"{self.name()} has no jvp")

    # ---- what the recorder shows ----

    @property
    def row(self) -> Row:  # type: ignore[override]  # other nodes have one row per class; here names depend on the call
        """The operation as others have it in the table; its gradients are the person's code, so they have no text."""
        return Row(type(self).__name__, _no_forward, self._input_names(), (None,) * len(self.next_edges))

    def written_by(self) -> Any:
        """The function of the person's that `run` calls."""
        return self.apply

    def _input_names(self) -> tuple[str, ...]:
        """What the operands are called."""
        return tuple([f"input {slot}" for slot in range(len(self.next_edges))])


def _no_forward(*operands: Any) -> Any:
    raise NotImplementedError("a custom function is called by its apply")
