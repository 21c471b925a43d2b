"""Wrong input: where PyTorch raises, the engine is to raise the same type with the same message."""

import re

from .compare import is_refusal
from .findings import Finding


def error_finding(expected, run, name, regex=None):
    """The Finding for a call that raised `expected` in PyTorch; `run()` makes the engine's."""
    wanted = f"{type(expected).__name__}: {expected}"
    try:
        got = run()
    except Exception as error:
        return _compare(expected, error, wanted, name, regex)
    return Finding("wrong", "errors", f"{wanted} is expected, nothing was raised", wanted, f"{got!s:.200}")


def _compare(expected, error, wanted, name, regex):
    raised = f"{type(error).__name__}: {error}"
    text = f"{wanted} is expected, got {raised}"
    if type(error).__name__ == type(expected).__name__:
        if _words(error) == _words(expected):
            return Finding("pass", "errors")
        if regex is not None and re.search(regex, str(error)):
            return Finding("near", "errors", text, wanted, raised)
    if is_refusal(error, name):
        return Finding("missing", "errors", raised, wanted, raised)
    return Finding("wrong", "errors", text, wanted, raised)


def _words(error):
    return " ".join(str(error).split())
