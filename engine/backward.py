"""Running the graph backwards: one generator executes the nodes in the order of PyTorch's engine.

`backward()` and `autograd.grad` drain `steps`; while an observer is set it also yields each executed node as a `Step`.
Nodes run by descending sequence number, so every node comes after all that use its result; the AccumulateGrad of a leaf
runs as soon as its last gradient has arrived. The gradients on their way are in a dictionary of the pass, so passes
inside passes and in several threads do not meet, and an exception leaves nothing behind. No recursion.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import count
from operator import attrgetter
from typing import Any, Final, NamedTuple

from . import fired, observe
from .accumulate import Accumulation, accumulate, receive
from .checks import anomaly
from .fired import Fired
from .fit import fit
from .grad_mode import switch
from .gradient_edge import GradientEdge, target_of
from .hooks import before_node, call_post_hooks, call_pre_hooks
from .node import AccumulateGrad, Node, Output
from .saving.saved import as_array, as_tensor
from .tensor import Tensor

Target = Node | Output
_sequence_number: Final = attrgetter("sequence_number")


class Step(NamedTuple):
    """One executed node. Gradients are arrays or NumPy's numbers, or tensors where the pass makes a graph."""

    run: "BackwardRun"
    node: Node
    arrived: Any  # summed over its users; of a node with several outputs a tuple, one per output
    used: Any  # the same after hooks
    outputs: tuple[Any, ...]  # per slot of next_functions
    fired: Sequence[Fired]  # the hooks that ran, and what they and custom functions did with saved tensors
    accumulation: Accumulation | None  # of AccumulateGrad


_made: Final = partial(tuple.__new__, Step)  # half the time of Step(...), which every step pays


class _Local(threading.local):
    def __init__(self) -> None:
        self.running: list[BackwardRun] = []  # passes of this thread, each inside the one before


_local = _Local()
_numbers: Final = count()


def current_run() -> "BackwardRun | None":
    """The innermost pass that runs on this thread."""
    return _local.running[-1] if _local.running else None


class BackwardRun:
    """One pass: where it starts and with what, what it is asked for, and, for `grad`, what it found."""

    def __init__(
        self,
        kind: str,
        roots: tuple[Tensor | GradientEdge, ...],
        gradients: tuple[Any, ...],
        inputs: tuple[Tensor | GradientEdge, ...] | None,
        retain_graph: bool,
        create_graph: bool,
    ) -> None:
        self.kind = kind  # "backward" or "grad"
        self.roots = roots
        self.gradients = gradients  # the seeds: arrays, or tensors where the pass makes a graph
        self.inputs = inputs
        self.retain_graph = retain_graph
        self.create_graph = create_graph
        self.targets = tuple(map(target_of, roots))
        self.found: dict[Any, Any] = {}  # of `grad`: what arrived at each node, or at (node, output number)
        self.current: Node | None = None  # which is executed now
        self.plan: Plan | None = None
        self.parent = current_run()  # the pass inside which this one was asked for
        self.thread = threading.current_thread().name
        self.number = next(_numbers)
        self.released: dict[Node, Any] = {}  # what nodes had saved, until the observer has come to it and takes it out
        self.callbacks: list[Callable[[], object]] = []  # what hooks want done at the end

    def will_execute(self, node: Node) -> bool:
        """Whether the pass runs `node`, or finds its gradient for the caller of `grad`.

        Raises RuntimeError for a leaf's node where the pass is `grad`'s.
        """
        assert self.plan is not None
        if self.kind == "grad" and type(node) is AccumulateGrad:
            raise RuntimeError(
                "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). "
                "This is currently not supported."
            )
        return node in self.plan.waiting or node in self.plan.order


def queue_callback(callback: Callable[[], object]) -> None:
    """Call `callback` when the pass that runs now has run all its nodes. Raises RuntimeError outside of a pass."""
    run = current_run()
    if run is None:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    run.callbacks.append(callback)


class Plan:
    """Which nodes a pass runs, in order."""

    __slots__ = ("leading", "order", "outputs", "waiting", "wanted")

    def __init__(self) -> None:
        self.order: list[Node] = []  # all but AccumulateGrad
        self.waiting: dict[AccumulateGrad, int] = {}  # of each AccumulateGrad: gradients still to come
        self.outputs: dict[Node, list[Output]] = {}  # of nodes with several: those that edges point at
        # Where inputs were named: all that leads to one or is one (gradients go nowhere else), and what leads to one.
        self.wanted: set[Node] | None = None
        self.leading: set[Node] | None = None


def plan(run: BackwardRun) -> Plan:
    """Collect what is reachable from the roots and, where inputs are named, leads to one of them."""
    made = Plan()
    order, waiting = made.order, made.waiting
    stack: list[Node] = []
    seen: set[Any] = set()
    roots = run.targets
    edges = roots
    while True:
        for edge in edges:
            if type(edge) is AccumulateGrad:
                waiting[edge] = waiting.get(edge, 0) + 1
            elif edge is not None and edge not in seen:
                seen.add(edge)
                if type(edge) is Output:
                    made.outputs.setdefault(edge.node, []).append(edge)
                    edge = edge.node  # noqa: PLW2901 - the node is what is visited
                    if edge in seen:
                        continue
                    seen.add(edge)
                stack.append(edge)  # type: ignore[arg-type]  # an Output was replaced by its node
        if not stack:
            break
        node = stack.pop()
        order.append(node)
        edges = node.next_edges
    order.sort(key=_sequence_number, reverse=True)
    for edge in roots:
        if type(edge) is AccumulateGrad:
            waiting[edge] -= 1  # a root is not waited for
    if run.inputs is not None:
        _keep_what_leads_to(made, {node_of(target_of(each)) for each in run.inputs}, run.kind == "backward")
    return made


def node_of(edge: Target | None) -> Node | None:
    """The node that an edge ends at."""
    return edge.node if type(edge) is Output else edge  # type: ignore[return-value]  # not an Output, so a Node or None


def _keep_what_leads_to(made: Plan, inputs: "set[Node | None]", runs_inputs: bool) -> None:
    """Keep the nodes from which an input can be reached, and the inputs' own, which `backward` runs too."""
    wanted: set[Any] = set(inputs)
    leading: set[Any] = set(inputs) if runs_inputs else set()
    for node in reversed(made.order):
        if any(node_of(edge) in wanted for edge in node.next_edges if edge is not None):
            leading.add(node)
            wanted.add(node)
    made.order = [node for node in made.order if node in wanted]
    made.wanted, made.leading = wanted, leading
    made.waiting = {sink: 0 for sink in made.waiting if sink in wanted}
    for node in made.order:
        for edge in node.next_edges:
            if type(edge) is AccumulateGrad and edge in made.waiting:
                made.waiting[edge] += 1


def steps(run: BackwardRun) -> Iterator[Step]:
    """Execute the pass. Yields its steps while an observer is set, and nothing otherwise."""
    made = run.plan = plan(run)
    running = _local.running
    running.append(run)
    around = fired.take_fired()
    before = switch(run.create_graph)
    try:
        yield from _execute(run, made)
        for callback in run.callbacks:  # which may ask for more
            callback()
    except Exception as error:
        if anomaly.mode.enabled:
            anomaly.explain(error, run.current)
        raise
    finally:
        switch(before)
        running.pop()
        fired.put_fired(around)


def _execute(run: BackwardRun, made: Plan) -> Iterator[Step]:
    creates, retains = run.create_graph, run.retain_graph
    unpack = as_tensor if creates else as_array
    watched = observe.observer is not None
    noted = fired.noted()
    finds_nan = anomaly.mode.enabled and anomaly.mode.check_nan
    direct = run.kind == "backward" and not creates and not watched
    waiting, wanted, leading = made.waiting, made.wanted, made.leading
    pending: dict[Any, Any] = {}
    for target, seed in zip(run.targets, run.gradients, strict=True):
        held = pending.get(target)
        pending[target] = seed if held is None else held + seed
    for sink in [sink for sink, left in waiting.items() if not left]:  # leaves that are roots
        step = _run_sink(run, sink, pending.pop(sink, None), watched)
        if step is not None:
            yield step

    outputs = made.outputs
    for node in made.order:
        several = outputs and node in outputs
        gradient: Any = _gather(node, outputs[node], pending) if several else pending.pop(node, None)
        arrived = gradient
        extras = node.extras
        run.current = node
        if leading is not None and node not in leading:  # it is only asked for, and with what its hooks make of it
            _capture(run, node, gradient if extras is None else before_node(node, gradient, creates))
            fired.take_fired()
            continue
        if leading is not None and run.kind == "grad":
            _capture(run, node, gradient)
        if watched and observe.gate is not None:
            observe.gate.before(run, node, gradient)
        if extras is not None:
            gradient = before_node(node, gradient, creates)
            gradient = call_pre_hooks(node, gradient, creates)
        edges = node.next_edges
        if gradient is None or (several and not any(item is not None for item in gradient)):
            results: tuple[Any, ...] = node.run(gradient, unpack) if node.runs_on_nothing else (None,) * len(edges)
        else:
            results = node.run(gradient, unpack)
        if not retains and node.keeps:
            if watched:
                run.released[node] = node.saved_raw()
            node.release()
        if extras is not None:
            results = call_post_hooks(node, results, gradient, creates)
        if finds_nan:
            anomaly.check_nan(node, results)

        ready: list[AccumulateGrad] | None = None
        sent = results
        slot = -1
        for edge in edges:
            slot += 1
            if edge is None:
                continue
            result = results[slot]
            if wanted is not None and node_of(edge) not in wanted:
                if watched:
                    sent = _with(sent, slot, None)
                continue
            if result is not None:
                if creates:
                    if result.array.shape != edge.shape or result.array.dtype is not edge.dtype:
                        result = fit(node, result, edge)
                        if watched:
                            sent = _with(sent, slot, result)
                elif result.shape != edge.shape or result.dtype is not edge.dtype:
                    result = fit(node, result, edge)
                    if watched:
                        sent = _with(sent, slot, result)
                held = pending.get(edge)
                pending[edge] = result if held is None else held + result
            if type(edge) is AccumulateGrad:
                left = waiting[edge] = waiting[edge] - 1
                if not left:
                    ready = [edge] if ready is None else [*ready, edge]
        if watched:
            yield _made((run, node, arrived, gradient, sent, fired.take_fired() if noted else (), None))
        if ready is None:
            continue
        if len(ready) > 3:
            ready = [ready[place] for place in heap_order(len(ready))]
        if not direct:
            for sink in ready:
                step = _run_sink(run, sink, pending.pop(sink, None), watched)
                if step is not None:
                    yield step
            continue
        results, result, gradient, arrived, held = (), None, None, None, None  # a leaf may keep what nobody else holds
        sent = ()
        for sink in ready:
            meta = sink.variable._meta
            if sink.extras is None and (meta is None or not meta.hooks):
                run.current = sink
                receive(sink.variable, pending, sink)
            else:
                _run_sink(run, sink, pending.pop(sink, None), False)


@cache
def heap_order(count: int) -> tuple[int, ...]:
    """In which order PyTorch's engine runs `count` AccumulateGrads that become ready together.

    They wait in a `std::priority_queue` with equal priorities; this is libstdc++'s `pop_heap` on equal elements.
    """
    heap = list(range(count))
    order = []
    while heap:
        order.append(heap[0])
        last = heap.pop()
        if not heap:
            break
        hole = 0
        while 2 * hole + 2 < len(heap):
            heap[hole] = heap[2 * hole + 2]
            hole = 2 * hole + 2
        if 2 * hole + 1 < len(heap):
            heap[hole] = heap[2 * hole + 1]
            hole = 2 * hole + 1
        heap[hole] = last
    return tuple(order)


def _gather(node: Node, outputs: list[Output], pending: dict[Any, Any]) -> tuple[Any, ...]:
    """What arrived at each output of a node that has several; None where nothing did."""
    arrived: list[Any] = [None] * node.output_count
    for output in outputs:
        gradient = pending.pop(output, None)
        if gradient is not None:
            held = arrived[output.number]
            arrived[output.number] = gradient if held is None else held + gradient
    return tuple(arrived)


def _run_sink(run: BackwardRun, sink: AccumulateGrad, gradient: Any, watched: bool) -> Step | None:
    """The end of a path: give the gradient to the leaf, or to the caller of `grad`."""
    creates = run.create_graph
    run.current = sink
    if watched and observe.gate is not None and run.kind == "backward":
        observe.gate.before(run, sink, gradient)
    arrived = gradient
    gradient = before_node(sink, gradient, creates)
    if run.kind == "grad":
        run.found[sink] = gradient
        fired.take_fired()
        return None
    if sink.extras is not None:
        gradient = call_pre_hooks(sink, gradient, creates)
    done = None if gradient is None else accumulate(sink.variable, gradient, creates, watched)
    if sink.extras is not None:
        call_post_hooks(sink, (), gradient, creates)
    return _made((run, sink, arrived, gradient, (), fired.take_fired(), done)) if watched else None


def _capture(run: BackwardRun, node: Node, gradient: Any) -> None:
    """Keep what arrived at a node whose outputs `grad` asks for."""
    if not node.outputs_many:
        run.found[node] = gradient
        return
    for number, item in enumerate(gradient):
        run.found[node, number] = item


def _with(results: tuple[Any, ...], slot: int, result: Any) -> tuple[Any, ...]:
    """The results of a node with another one in that slot, as an observer is told of them."""
    return (*results[:slot], result, *results[slot + 1 :])
