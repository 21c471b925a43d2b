"""Traces to save, and comparing what comes back."""

import numpy as np

from app.store import Contents, Growth, save_session
from engine.trace import SCHEMA

MODEL = """
net = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
x = torch.ones(3, 4)
for turn in range(3):
    loss = (net(x) ** 2).mean()
    loss.backward()
mask = x > 0
big = torch.arange(300.0).reshape(3, 100)
(net(big[:, :4]) * big.sum()).sum().backward()
"""


def model_trace():
    """A small model with passes, truth values, and arrays of every size."""
    from tests.engine.programs import record

    return record(MODEL)


def saved(path, trace, **more):
    """The path of a file with this trace."""
    batch = Growth().take(trace)
    return save_session(path, Contents(batch, **more))


def assert_same(found, expected):
    """Both traces hold the same."""
    assert found.strings == expected.strings
    for name, columns in SCHEMA.items():
        for column, kind in columns.items():
            values = (getattr(trace.table(name), column) for trace in (found, expected))
            assert np.array_equal(*values, equal_nan=kind == "f8"), (name, column)
    small = {handle: value for handle, value in expected.values.items() if value.nbytes <= 512}
    assert found.values.keys() == small.keys()
    for handle, value in small.items():
        back = found.values[handle]
        assert (back.dtype, back.shape, back.tobytes()) == (value.dtype, value.shape, value.tobytes())
