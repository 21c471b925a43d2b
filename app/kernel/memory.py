"""How the C library of a kernel process is to hand out memory, as environment variables for the process.

A recorded pass keeps every gradient, so it writes to memory that is new to the process, and each new page of 4 KiB is
a fault: several times the cost of the arithmetic on small arrays. With these settings of glibc memory comes in large
steps, and what was freed for the budget stays for the next arrays. Other C libraries ignore the variable.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

VARIABLE = "GLIBC_TUNABLES"
KEPT = 128 << 20  # bytes at the end of the heap that are not given back to the system
STEP = 64 << 20  # bytes by which the heap grows
FROM_SYSTEM = 32 << 20  # bytes from which an array is a mapping of its own: the most that glibc takes
SETTINGS = {"trim_threshold": KEPT, "top_pad": STEP, "mmap_threshold": FROM_SYSTEM}


_TEXT = ":".join(f"glibc.malloc.{name}={value}" for name, value in SETTINGS.items())


def memory_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The variable for a process that starts with this environment; nothing where the user has set it."""
    return {} if VARIABLE in environment else {VARIABLE: _TEXT}


def forget_settings(environment: MutableMapping[str, str]) -> None:
    """Take our variable out of a started kernel's environment: what the user starts from there is not a kernel."""
    if environment.get(VARIABLE) == _TEXT:
        del environment[VARIABLE]
