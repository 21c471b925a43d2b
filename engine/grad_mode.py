"""Whether operations are tracked: `no_grad`, `enable_grad`, `set_grad_enabled`, `inference_mode`. Knows no tensors.

The modes belong to a thread. `changes` counts the places, over all threads, where they may differ from the default, so
that an operation looks at the thread's own state only when somebody changed it.
"""

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


class _Local(threading.local):
    enabled = True
    inference = False
    pack: Callable[[Any], None] | None = None  # what `saved_tensors_hooks` want done with each new node


local = _Local()
changes = 0
_lock = threading.Lock()


def is_grad_enabled() -> bool:
    """Whether operations of this thread are tracked."""
    return local.enabled


def switch(enabled: bool) -> bool:
    """Set this thread's mode and return the one before; `changes` follows."""
    global changes  # noqa: PLW0603 - read by every operation, so it is a plain module attribute
    before = local.enabled
    if before is not enabled:
        local.enabled = enabled
        with _lock:
            changes += -1 if enabled else 1
    return before


def is_inference_mode_enabled() -> bool:
    """Whether this thread is in inference mode."""
    return local.inference


def records() -> bool:
    """Whether operations of this thread are tracked: in inference mode not even inside `enable_grad`."""
    return local.enabled and not local.inference


def tracking() -> bool | Callable[[Any], None]:
    """Whether operations of this thread are tracked; where saved tensors are packed, the function that does so."""
    return records() and (local.pack or True)


def note_change(by: int) -> None:
    """A thread's modes differ from the default in one place more (1) or less (-1)."""
    global changes  # noqa: PLW0603 - as above
    with _lock:
        changes += by


def set_pack(pack: Callable[[Any], None] | None) -> None:
    """Set what this thread's new nodes are given to; None for nothing."""
    if (local.pack is None) is not (pack is None):
        note_change(-1 if pack is None else 1)
    local.pack = pack


def _switch_inference(on: bool) -> bool:
    before = local.inference
    if before is not on:
        local.inference = on
        note_change(1 if on else -1)
    return before


class _Mode:
    """A context manager that is a decorator too, for functions, generator functions and classes' methods.

    As in PyTorch it remembers one state to go back to: entered again inside itself, it goes back to its own.
    """

    __slots__ = ("_before", "_enabled")

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = switch(self._enabled)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        switch(self._before)

    def clone(self) -> "_Mode":
        """A fresh one for each call of a decorated function."""
        made = object.__new__(_Mode)
        _Mode.__init__(made, self._enabled)
        return made

    def __call__(self, function: F) -> F:
        """Run every call of `function` in this mode."""
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate "
                "functions or methods. To preserve the current behavior of class decoration, you can directly decorate "
                "the `__init__` method and nothing else.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):
            return cast("F", _wrap_generator(self, function))

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return cast("F", wrapper)


class no_grad(_Mode):  # noqa: N801 - PyTorch's name
    """Operations inside are not tracked; their results do not require grad."""

    __slots__ = ()

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        """`@no_grad` without brackets decorates at once, as in PyTorch."""
        made = super().__new__(cls)
        if orig_func is None:
            return made
        _Mode.__init__(made, False)
        return made(orig_func)

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(_Mode):  # noqa: N801 - PyTorch's name
    """Operations inside are tracked, also inside `no_grad`."""

    __slots__ = ()

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        """`@enable_grad` without brackets decorates at once, as in PyTorch."""
        made = super().__new__(cls)
        if orig_func is None:
            return made
        _Mode.__init__(made, True)
        return made(orig_func)

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(_Mode):  # noqa: N801 - PyTorch's name
    """Switches the mode at once; as a context manager it puts back the one before at the end."""

    __slots__ = ()

    def __init__(self, mode: object) -> None:
        if not isinstance(mode, bool):
            kind = type(mode).__name__
            raise TypeError(f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {kind}")
        super().__init__(mode)
        self._before = switch(self._enabled)

    def __enter__(self) -> None:
        """The switch was made already."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        switch(self._before)

    def __call__(self, function: F) -> F:
        """As a decorator it changes nothing but the function: the switch at its making is undone."""
        switch(self._before)
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self._enabled})"


class inference_mode(_Mode):  # noqa: N801 - PyTorch's name
    """As `no_grad`, and what is made inside can never be part of a graph: it keeps no version."""

    __slots__ = ()

    def __new__(cls, mode: Any = True) -> Any:
        """`@inference_mode` without brackets decorates at once, as in PyTorch."""
        made = super().__new__(cls)
        if isinstance(mode, bool):
            return made
        _Mode.__init__(made, True)
        return made(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__(mode)

    def __enter__(self) -> None:
        self._before = (_switch_inference(self._enabled), switch(not self._enabled))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        inference, enabled = self._before
        _switch_inference(inference)
        switch(enabled)

    def clone(self) -> "_Mode":
        """A fresh one for each call of a decorated function."""
        made: _Mode = inference_mode(self._enabled)
        return made


class set_multithreading_enabled(_Mode):  # noqa: N801 - PyTorch's name
    """Accepted and without effect: a pass runs on the thread that asks for it in any case."""

    __slots__ = ()

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))

    def __enter__(self) -> None:
        """Nothing to switch."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing to switch back."""

    def clone(self) -> "_Mode":
        """A fresh one for each call of a decorated function."""
        return set_multithreading_enabled(self._enabled)


def _wrap_generator(mode: _Mode, function: Callable[..., Generator[Any, Any, Any]]) -> Callable[..., Any]:
    """The mode holds while the generator's own code runs, and not in between."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **kwargs)
        try:
            with mode.clone():
                response = next(generator)
            while True:
                try:
                    request = yield response
                except GeneratorExit:
                    with mode.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    with mode.clone():
                        response = generator.throw(error)
                else:
                    with mode.clone():
                        response = generator.send(request)
        except StopIteration as end:
            return end.value

    return wrapper
