"""Whether operations are tracked: `no_grad`, `enable_grad`, `set_grad_enabled`. Knows nothing of tensors.

The mode belongs to a thread. `changes` counts the places, over all threads, where it may differ from the default, so
that an operation looks at the thread's own state only when somebody changed it.
"""

import functools
import inspect
import threading
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


class _Local(threading.local):
    enabled = True


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


class _GradMode:
    """A context manager that is a decorator too, for functions, generator functions and classes' methods."""

    __slots__ = ("_before", "_enabled")

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before: list[bool] = []  # a stack: the same object may be entered again inside itself

    def __enter__(self) -> None:
        self._before.append(switch(self._enabled))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        switch(self._before.pop())

    def clone(self) -> "_GradMode":
        """A fresh one for each call of a decorated function."""
        made = object.__new__(_GradMode)
        _GradMode.__init__(made, self._enabled)
        return made

    def __call__(self, function: F) -> F:
        """Run every call of `function` in this mode."""
        if inspect.isgeneratorfunction(function):
            return cast("F", _wrap_generator(self, function))

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return cast("F", wrapper)


class no_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Operations inside are not tracked; their results do not require grad."""

    __slots__ = ()

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        """`@no_grad` without brackets decorates at once, as in PyTorch."""
        made = super().__new__(cls)
        if orig_func is None:
            return made
        _GradMode.__init__(made, False)
        return made(orig_func)

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Operations inside are tracked, also inside `no_grad`."""

    __slots__ = ()

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        """`@enable_grad` without brackets decorates at once, as in PyTorch."""
        made = super().__new__(cls)
        if orig_func is None:
            return made
        _GradMode.__init__(made, True)
        return made(orig_func)

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(_GradMode):  # noqa: N801 - PyTorch's name
    """Switches the mode at once; as a context manager it puts back the one before at the end."""

    __slots__ = ()

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._before.append(switch(self._enabled))

    def __enter__(self) -> None:
        """The switch was made already."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        switch(self._before[0])

    def __call__(self, function: F) -> F:
        """As a decorator it changes nothing but the function: the switch at its making is undone."""
        switch(self._before[0])
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"set_grad_enabled(mode={self._enabled})"


def _wrap_generator(mode: _GradMode, function: Callable[..., Generator[Any, Any, Any]]) -> Callable[..., Any]:
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
