"""Properties that nobody can write or delete, in PyTorch's words. Knows no class that has them."""

from typing import Any


def refuse_writing(owner: type, shown: str | None = None) -> None:
    """Let every property of `owner` that has no setter raise PyTorch's AttributeError.

    The message calls the class `shown`, or, where that is None, by the name of the object's own class.
    """
    for name, member in list(vars(owner).items()):
        if isinstance(member, property) and member.fset is None:
            setattr(owner, name, _read_only(name, member, shown))


def _read_only(name: str, member: property, shown: str | None) -> property:
    def refuse(self: Any, _value: object = None) -> None:
        raise AttributeError(f"attribute '{name}' of '{shown or type(self).__name__}' objects is not writable")

    return property(member.fget, refuse, refuse)
