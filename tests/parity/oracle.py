"""Loads PyTorch's operator table, `op_db`. The only module here that decides whether PyTorch can be asked at all."""

import contextlib
import importlib.util
import io
import sys
import types
import unittest
import warnings

MISSING = (
    "make parity compares with PyTorch, which is not installed here. Install it for development: pip install torch"
)


def load():
    """PyTorch's `op_db` as a list of OpInfo. SystemExit with the next move where PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        raise SystemExit(MISSING)
    _stand_in_for_expecttest()
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        import torch
        from torch.testing._internal.common_methods_invocations import op_db

    torch.set_num_threads(1)
    return list(op_db)


def _stand_in_for_expecttest():
    """PyTorch's test helpers derive a class from this package's TestCase; nothing here uses it."""
    if importlib.util.find_spec("expecttest") is None:
        module = types.ModuleType("expecttest")
        module.TestCase = unittest.TestCase
        sys.modules["expecttest"] = module


def full_name(op):
    """The operator's name with its variant: "norm:nuc"."""
    return f"{op.name}:{op.variant_test_name}" if op.variant_test_name else op.name


def tolerances(op):
    """dtype name -> (rtol, atol): assert_close's, or the wider that the operator's own CPU tests are given."""
    import torch

    measured = (torch.float64, torch.float32, torch.complex64, torch.complex128)
    return {str(dtype).removeprefix("torch."): _tolerance(op, dtype) for dtype in measured}


def _tolerance(op, dtype):
    from torch.testing._comparison import default_tolerances

    rtol, atol = default_tolerances(dtype)
    for decoration in op.decorators:
        if getattr(decoration, "cls_name", None) not in (None, "TestCommon") or not hasattr(decoration, "decorators"):
            continue
        if decoration.device_type not in (None, "cpu"):
            continue
        for decorator in decoration.decorators:
            found = getattr(decorator, "d", {}).get(dtype)
            if hasattr(found, "rtol"):
                rtol, atol = max(rtol, found.rtol), max(atol, found.atol)
    return rtol, atol
