"""An index of a pass keeps answering while the trace grows behind it: pictures on screen still ask it."""

import numpy as np

from engine.trace import SCHEMA, Batch, Status
from tests.traces import TraceBuilder
from ui.stepping import PassSteps


def test_the_states_of_a_pass_stay_as_they_were_when_the_trace_grows():
    builder = TraceBuilder()
    builder.add("sources", title="cell 1", text="y = x * x")
    builder.add("cells", source=0, number=1)
    x = builder.leaf("x", 1.0)
    function, root, edges = builder.function("MulBackward0", "x * x", [x, x], "y", 1.0)
    value = builder.array(1.0)
    pass_id = builder.add("passes", root=root, steps=1)
    builder.add("flows", pass_=pass_id, step=0, edge=edges[-1], target=function, target_slot=0, value=value)
    builder.add("steps", pass_=pass_id, index=1, node=function, arrived=value, used=value)
    trace = builder.build()
    steps = PassSteps(trace, pass_id)
    nodes, edge_states = steps.node_states(1).copy(), steps.edge_states(1).copy()
    builder.function("MulBackward0", "y * 2", [root, builder.constant("2")], "z", 2.0)
    builder.build()
    np.testing.assert_array_equal(steps.node_states(1), nodes)
    np.testing.assert_array_equal(steps.edge_states(1), edge_states)
    assert steps.is_stale(trace)


def test_an_index_of_a_running_pass_is_stale_once_the_pass_has_ended():
    """Its end rewrites the row of the pass and adds no other: an aborted pass said "still running" for ever."""
    builder = TraceBuilder()
    builder.add("sources", title="cell 1", text="x.backward()")
    builder.add("cells", source=0, number=1)
    pass_id = builder.add("passes", root=builder.leaf("x", 1.0)[0], status=Status.RUNNING)
    trace = builder.build()
    steps = PassSteps(trace, pass_id)
    assert not steps.is_stale(trace)
    columns = {name: getattr(trace.passes, name).copy() for name in SCHEMA["passes"]}
    columns["status"][:] = Status.INTERRUPTED
    trace.extend(Batch({"passes": columns}, []))
    assert steps.is_stale(trace)
