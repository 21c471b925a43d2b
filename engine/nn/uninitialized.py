"""Parameters and buffers whose shape is not known yet.

An uninitialized tensor refuses to give its array, so that every operation on it raises; `materialize` makes it an
ordinary one.
"""

from typing import Any

from ..tensor import Array, Tensor
from ..types.dtype import dtype as DType, of_numpy  # noqa: N812 - a property has its name
from ..types.size import Size
from .buffer import Buffer
from .fill import blank_tensor
from .parameter import Parameter

_NO_SHAPE = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` "
    "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
    "parameters before accessing their attributes."
)
_UNUSABLE = (
    "Attempted to use an uninitialized parameter in an operation. This error happens when you are using a "
    "`LazyModule` or explicitly manipulating `torch.nn.parameter.{}` objects. When using LazyModules Call `forward` "
    "with a dummy batch to initialize the parameters before calling torch functions"
)
_held = Tensor.array  # the slot itself


class UninitializedTensorMixin:
    """What tensors without a shape can do: have a dtype, change it, and become an ordinary tensor."""

    __slots__ = ()

    cls_to_become: type[Tensor]

    @property
    def array(self) -> Array:
        """Refused, which is how operations refuse. Raises ValueError."""
        raise ValueError(_UNUSABLE.format(type(self).__name__))

    @array.setter
    def array(self, new: Array) -> None:
        _held.__set__(self, new)  # type: ignore[attr-defined]  # a slot's descriptor, which mypy takes for its type

    @property
    def shape(self) -> Size:
        """Refused: raises RuntimeError."""
        raise RuntimeError(_NO_SHAPE)

    @property
    def dtype(self) -> DType:
        """The type that the elements will have."""
        return of_numpy(self._placeholder().dtype)

    @property
    def data(self) -> Tensor:
        """An empty tensor of that type."""
        return blank_tensor(0, dtype=self.dtype)

    @data.setter
    def data(self, new: Tensor) -> None:
        self.array = new.array

    def _placeholder(self) -> Array:
        return _held.__get__(self, type(self))  # type: ignore[no-any-return, attr-defined]  # see above

    def size(self, dim: int | None = None) -> Any:
        """(0,): that of the empty tensor in its place."""
        return Size((0,)) if dim is None else Size((0,))[dim]

    def copy_(self, other: Any, non_blocking: bool = False) -> Any:
        """Take over nothing: what is not initialized can be loaded into what is not initialized."""
        return self

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary tensor of that shape, with elements still to be filled."""
        made = blank_tensor(*shape, device=device, dtype=self.dtype if dtype is None else dtype)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]  # of the same slots
        self.array = made.array

    def share_memory_(self) -> Any:
        """Refused: raises RuntimeError."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters "
            "before calling `module.share_memory()`."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):  # type: ignore[misc]  # narrows what a tensor gives
    """A parameter that gets its shape later."""

    __slots__ = ()

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> "UninitializedParameter":
        """A leaf without a shape."""
        made: Any = Parameter.__new__(cls, blank_tensor(0, device=device, dtype=dtype), requires_grad)
        return made  # type: ignore[no-any-return]  # Parameter's __new__ makes what it is asked for

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, dtype=self.dtype)
        return memo[id(self)]


class UninitializedBuffer(UninitializedTensorMixin, Tensor):  # type: ignore[misc]  # narrows what a tensor gives
    """A buffer that gets its shape later."""

    __slots__ = ()

    cls_to_become = Tensor

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> "UninitializedBuffer":
        """A buffer without a shape."""
        made: Any = Buffer(blank_tensor(0, device=device, dtype=dtype), persistent=persistent)
        made.__class__ = cls
        made._requires_grad = requires_grad
        return made  # type: ignore[no-any-return]  # of the class that was asked for

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            persistent: Any = self.__dict__["persistent"]
            memo[id(self)] = type(self)(self.requires_grad, dtype=self.dtype, persistent=persistent)
        return memo[id(self)]


def is_lazy(param: object) -> bool:
    """Whether it is a tensor without a shape."""
    return isinstance(param, UninitializedTensorMixin)


for _kind in (UninitializedTensorMixin, UninitializedParameter, UninitializedBuffer):
    _kind.__module__ = "torch.nn.parameter"
