"""The tensor: an array, its place in the graph, and the rules of leaves.

Operations are not written here: the table installs them (`ops/build.py`), and the modules that hold other groups of
methods install theirs with `method`. So this module knows no operation.
"""

import warnings
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from . import grad_mode, observe
from .autograd_meta import SAME, AutogradMeta
from .node import AccumulateGrad, Node, Output, RemovableHandle, accumulate_grad
from .transforms import levels
from .types.device import CPU, device
from .types.dtype import dtype, of_numpy
from .types.size import Size
from .version import InferenceVersion, Version

Array = npt.NDArray[Any]
F = TypeVar("F", bound=Callable[..., Any])

SIZE_WORDS = {"float32": "float", "float64": "double", "int64": "long int", "bool": "bool"}  # C++'s names

TENSORS: set[type] = set()  # Tensor and its subclasses: `type(x) in TENSORS` is the quick form of isinstance
ORDINARY: set[type] = set()  # the same without Carrier, which operations treat differently

NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the "
    "leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)


class Tensor:
    """A multi-dimensional array that remembers how it came about."""

    __slots__ = ("__dict__", "__weakref__", "_fn", "_meta", "_requires_grad", "_version_counter", "array")

    __array_priority__ = 1000  # NumPy lets our reflected operators answer

    array: Array  # the data; its memory may be shared with views
    _fn: Node | Output | None  # where the gradient goes: the node, or one output of a node with several
    _requires_grad: bool
    _meta: AutogradMeta | None
    _version_counter: Version | None  # made when somebody first needs it

    def __init_subclass__(cls, ordinary: bool = True, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        TENSORS.add(cls)
        if ordinary:
            ORDINARY.add(cls)

    def __hash__(self) -> int:
        return id(self)  # == compares elements, so a tensor's identity is its hash, as in PyTorch

    # ---- the graph ----

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        fn = self.history()
        return fn.node if type(fn) is Output else fn  # type: ignore[return-value]  # not an Output, so a Node or None

    def history(self) -> Node | Output | None:
        """What made this tensor; of a view whose memory was written since, made anew."""
        meta = self._meta
        if self._fn is None and meta is not None and meta.outdated:
            from .copy_slices import refresh_view

            refresh_view(self)
        return self._fn

    def outdate(self) -> None:
        """The memory that this view shares was written: its history is made anew when somebody asks for it.

        Until then the view looks like a leaf to an operation's quick path, which therefore calls `edge`.
        """
        meta = self.meta()
        assert meta.base is not None
        if self._fn is None and (meta.outdated or not meta.base._requires_grad):
            return
        meta.former, self._fn = self._fn, None
        meta.outdated = self._requires_grad = True

    @property
    def output_nr(self) -> int:
        """Which output of `grad_fn` this tensor is."""
        fn = self.history()
        return fn.number if type(fn) is Output else 0

    @property
    def is_leaf(self) -> bool:
        """Whether nothing tracked made it."""
        return self.history() is None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are tracked."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not isinstance(wanted, bool):
            raise RuntimeError("requires_grad must be a bool")
        if not self.is_leaf:
            hint = (
                " If you want to use a computed variable in a subgraph that doesn't require differentiation use "
                "var_no_grad = var.detach()."
            )
            raise RuntimeError(f"you can only change requires_grad flags of leaf variables.{'' if wanted else hint}")
        if wanted and self.array.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        self._set_requires_grad(wanted)

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool")

    def _set_requires_grad(self, wanted: bool) -> None:
        counter = self._version_counter
        if wanted and type(counter) is InferenceVersion and not grad_mode.local.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        self._requires_grad = wanted
        if self._meta is not None:
            self._meta.borrows = False
        if counter is not None:
            for reference in counter.views:
                view = reference()
                if view is not None and view._base is self and view._fn is None:
                    meta = view.meta()
                    if meta.borrows or not view._requires_grad:
                        meta.borrows = view._requires_grad = wanted
        if observe.observer is not None:
            observe.observer.requires_grad_changed(self)

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Set `requires_grad` and return the tensor."""
        if not isinstance(requires_grad, bool):
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, "
                f"not {type(requires_grad).__name__}"
            )
        if levels.state.transforms:
            raise RuntimeError(levels.REQUIRES_GRAD)
        if self.is_leaf:
            if requires_grad and self.array.dtype.kind != "f":
                raise RuntimeError("only Tensors of floating point dtype can require gradients")
            self._set_requires_grad(requires_grad)
        elif not requires_grad:
            self.requires_grad = False  # raises
        return self

    def edge(self) -> Node | Output | None:
        """Where this tensor's gradient goes; None when it is not tracked."""
        fn = self._fn
        if fn is not None:
            return fn
        meta = self._meta
        if meta is not None and (meta.outdated or meta.borrows):
            fn = self.history()
            if fn is not None or meta.borrows:
                return fn
        if not self._requires_grad:
            return None
        if meta is None:
            meta = self._meta = AutogradMeta()
        found = None if meta.accumulate is None else meta.accumulate()
        if found is None:
            found = accumulate_grad(self, self.array.dtype if meta.grad_dtype is SAME else meta.grad_dtype)
            meta.accumulate = weakref.ref(found)
        return found

    def accumulate_at(self, node: AccumulateGrad) -> None:
        """This leaf stands for the one that the AccumulateGrad belongs to."""
        self.meta().accumulate = weakref.ref(node)

    def meta(self) -> AutogradMeta:
        """The rarely needed part, made when first asked for."""
        if self._meta is None:
            self._meta = AutogradMeta()
        return self._meta

    # ---- gradient ----

    @property
    def grad(self) -> "Tensor | None":
        """The accumulated gradient of a leaf, or of a tensor that retains it."""
        meta = self._meta
        if not self.is_leaf and (meta is None or not (meta.retains_grad or meta.grad is not None)):
            warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return None if meta is None else meta.grad

    @grad.setter
    def grad(self, new: "Tensor | None") -> None:
        if new is not None:
            _check_new_grad(self, new)
        self.meta().grad = new

    @grad.deleter
    def grad(self) -> None:
        self.meta().grad = None

    def grad_stored_dtype(self) -> "np.dtype[Any] | None":
        """The dtype that `.grad` must have; None where any is allowed."""
        meta = self._meta
        return self.array.dtype if meta is None or meta.grad_dtype is SAME else meta.grad_dtype

    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf in `.grad` when a backward pass reaches it."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        node = self.grad_fn
        if node is None or self.meta().retains_grad:
            return
        self.meta().retains_grad = True
        node.more().retaining[self.output_nr] = weakref.ref(self)
        if observe.observer is not None:
            observe.observer.gradient_retained(self)

    @property
    def retains_grad(self) -> bool:
        """Whether this non-leaf keeps its gradient."""
        return self._meta is not None and self._meta.retains_grad

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad)` when the gradient of this tensor is known; what it returns replaces the gradient."""
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        meta = self.meta()
        if meta.hooks is None:
            node = self.grad_fn
            meta.hooks = {} if node is None else node.more().tensor_hooks.setdefault(self.output_nr, {})
        return RemovableHandle(meta.hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(tensor)` after a backward pass added to this leaf's `.grad`."""
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        meta = self.meta()
        if meta.post_hooks is None:
            meta.post_hooks = {}
        return RemovableHandle(meta.post_hooks, hook)

    # ---- memory ----

    @property
    def version(self) -> Version:
        """The counter that this tensor shares with its views and detached twins."""
        if self._version_counter is None:
            self._version_counter = Version()
        return self._version_counter

    @property
    def _version(self) -> int:
        if type(self._version_counter) is InferenceVersion:
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._version_counter is None else self._version_counter.value

    def is_inference(self) -> bool:
        """Whether it was made in inference mode (or is a view of what was)."""
        return type(self._version_counter) is InferenceVersion

    def _is_view(self) -> bool:
        return self._meta is not None and self._meta.base is not None

    @property
    def _base(self) -> "Tensor | None":
        return None if self._meta is None else self._meta.base

    @property
    def data(self) -> "Tensor":
        """A twin that shares the memory and nothing else: no history, and its changes are not noticed."""
        if self._meta is not None and self._meta.samples:
            raise RuntimeError("accessing `data` under vmap transform is not allowed")
        return from_array(self.array)

    @data.setter
    def data(self, new: "Tensor") -> None:
        if type(new) not in TENSORS:
            raise TypeError(f"Variable data has to be a tensor, but got {type(new).__name__}")
        if self._requires_grad and new.array.dtype.kind != "f":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        if observe.observer is not None:
            observe.observer.before_inplace(self)
        self.array = new.array

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    def data_ptr(self) -> int:
        """The address of the first element."""
        address: int = self.array.__array_interface__["data"][0]
        return address if self.array.size else 0

    # ---- shape and type ----

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return tuple.__new__(Size, self.array.shape)

    @property
    def dtype(self) -> dtype:
        """The type of the elements."""
        return of_numpy(self.array.dtype)

    @property
    def device(self) -> device:
        """Always the CPU."""
        return CPU

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.array.nbytes

    def __repr__(self, *, tensor_contents: object = None) -> str:
        from .printing import tensor_repr

        hidden = self._meta is None or levels.state.paused
        return tensor_repr(self, tangent=None if hidden else self._meta.tangent)  # type: ignore[union-attr]  # see above


TENSORS.add(Tensor)
ORDINARY.add(Tensor)
Tensor.__module__ = "torch"
_new = object.__new__


def from_array(array: Array, requires_grad: bool = False) -> Tensor:
    """A leaf over `array`, which is not copied."""
    tensor = _new(Tensor)
    tensor.array = array
    tensor._fn = None
    tensor._requires_grad = requires_grad
    tensor._meta = None
    tensor._version_counter = None if grad_mode.changes == 0 else fresh_counter()
    return tensor


def fresh_counter() -> Version | None:
    """The version counter of a tensor made now: none yet, but in inference mode the one that marks it."""
    return InferenceVersion() if grad_mode.local.inference else None


def from_node(array: Array, fn: Node | Output | None, counter: Version | None = None) -> Tensor:
    """The tensor that is the output `fn` of a node; a leaf that requires no grad when `fn` is None."""
    tensor = _new(Tensor)
    tensor.array = array
    tensor._fn = fn
    tensor._requires_grad = fn is not None
    tensor._meta = None
    tensor._version_counter = counter
    return tensor


def method(name: str) -> Callable[[F], F]:
    """Decorator: install the function as a method of Tensor."""

    def install(function: F) -> F:
        setattr(Tensor, name, function)
        return function

    return install


def _check_new_grad(tensor: Tensor, new: object) -> None:
    if type(new) not in TENSORS:
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(new).__name__}")
    assert isinstance(new, Tensor)
    if new is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    wanted = tensor.grad_stored_dtype()
    if wanted is not None and new.array.dtype != wanted:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{SIZE_WORDS.get(new.dtype.name, new.dtype.name)}' to a "
            f"tensor with grad_dtype '{of_numpy(wanted).scalar_type}'. The gradient must match the tensor's grad_dtype "
            "(defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or "
            "None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient "
            "may break downstream systems that assume they match."
        )
    if new.array.shape != tensor.array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(new.shape)}' to a tensor of size '{list(tensor.shape)}'. "
            "Please ensure that the gradient and the tensor are the same size"
        )
