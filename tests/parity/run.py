"""Runs one operator of PyTorch's table through both worlds and says, sample by sample, how they compare."""

import traceback
import warnings
from dataclasses import dataclass

import engine.torch as engine_torch

from . import scope
from .calls import calls, translate
from .compare import describe, difference, is_as_exact, is_refusal
from .errors import error_finding
from .findings import Finding, OpReport, compared
from .gradients import gradient, second_gradient
from .graphs import first_difference, graph, saved_names
from .oracle import full_name, tolerances
from .samples import OutOfScopeError, at_double_precision, freeze, spread, strided
from .ties import differ_only_in_ties
from .worlds import World

FLOATS, OTHERS = ("float64", "float32"), ("int64", "bool")


@dataclass(frozen=True)
class Options:
    """What to run of each operator."""

    samples: int = 60
    second: bool = False
    strided: bool = False


def run_op(op, options):
    """The OpReport of one operator, as plain data."""
    report = OpReport(full_name(op), scope.area(op.name, type(op).__name__), op.supports_autograd)
    report.out = scope.why_out(op.name, op.variant_test_name) or ""
    if not report.out:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _Runner(op, options, report).run()
        if report.nothing_counts():
            report.out = "complex, half or sparse only" if report.counts else "PyTorch has no CPU samples"
    return report.plain()


@dataclass
class _Case:
    """One call of PyTorch's and what came of it."""

    call: object
    sample: object
    process: object  # what PyTorch's tests do with the result before they compare: takes the signs off singular vectors
    result: object
    tensors: list
    plain: object

    def outside(self):
        """Whether a dtype is involved that the engine may refuse."""
        text = " ".join([*(spec.dtype for spec in self.sample.specs()), str(self.sample), str(self.plain)])
        return any(dtype in text for dtype in scope.REFUSED_DTYPES)


class _Runner:
    def __init__(self, op, options, report):
        import torch

        self.op, self.options, self.report = op, options, report
        self.theirs = World(torch, lambda value: value)
        self.ours = World(engine_torch, translate)
        self.tolerances = tolerances(op)

    def run(self):
        torch = self.theirs.module
        for name in FLOATS + OTHERS:
            dtype = getattr(torch, name)
            if dtype in self.op.supported_dtypes("cpu"):
                differentiable = self.op.supports_autograd and dtype in self.op.supported_backward_dtypes("cpu")
                self._run_dtype(name, dtype, tracked=name in FLOATS and differentiable)
        if self.op.error_inputs_func is not None:
            self._run_errors()

    def _run_dtype(self, name, dtype, tracked):
        samples = []
        for original in spread(list(self.op.sample_inputs("cpu", dtype, requires_grad=tracked)), self.options.samples):
            try:
                sample = freeze(original)
                samples.append((strided(sample) if self.options.strided else sample, original.output_process_fn_grad))
            except OutOfScopeError:
                self.report.add(Finding("outside", "forward"))
        forms = calls(self.op)
        for call in forms[:1] if name == "float32" else forms:
            for sample, process in samples:
                self._run_sample(call, sample, process)
        if self.options.second and name == "float64" and tracked and self.op.supports_gradgrad and samples:
            smallest = min((pair for pair in samples), key=lambda pair: (0 in _lengths(pair[0]), pair[0].size()))
            self._run_sample(forms[0], *smallest, second=True)

    def _run_sample(self, call, sample, process, second=False):
        try:
            result, tensors = self._call(self.theirs, call, call.theirs, sample)
        except Exception as error:
            self._run_refused(error, call, sample)
            return
        case = _Case(call, sample, process, result, tensors, describe(result, self.theirs.is_tensor))
        for finding in self._second(case) if second else self._compare(case):
            self.report.add(finding, call.kind, f"{call.name}({sample})")

    def _run_refused(self, error, call, sample, regex=None):
        """PyTorch refuses this sample in this form; so must the engine. It has no `out=`, and says so."""
        if "out" in sample.kwargs:
            return
        name = call.name.rsplit(".", 1)[-1]
        found = error_finding(error, lambda: self._call(self.ours, call, call.ours(), sample)[0], name, regex)
        self.report.add(found, call.kind, f"{call.name}({sample})")

    def _run_errors(self):
        call = calls(self.op)[0]
        for wrong in self.op.error_inputs("cpu"):
            try:
                sample = freeze(wrong.sample_input)
            except OutOfScopeError:
                continue
            try:
                self._call(self.theirs, call, call.theirs, sample)
            except Exception as error:
                self._run_refused(error, call, sample, wrong.error_regex)

    def _call(self, world, call, function, sample):
        args, kwargs, tensors = world.arguments(sample)
        if call.kind == "inplace":
            args = (args[0].clone(), *args[1:])
        world.module.manual_seed(0)
        return function(*args, **kwargs), tensors

    # ---- comparisons ----

    def _compare(self, case):
        """All findings about a call, the forward one first."""
        try:
            got, tensors = self._call(self.ours, case.call, case.call.ours(), case.sample)
            mine = describe(got, self.ours.is_tensor)
        except Exception as error:
            yield self._failure("forward", error, case)
            return
        forward = self._forward(case, got, mine)
        yield forward
        if forward.outcome == "pass" and any(spec.requires_grad for spec in case.sample.specs()):
            yield from self._graphs(case, got, tensors)
            yield from self._gradient(case, got, tensors)

    def _forward(self, case, got, mine):
        values = self.op.name not in scope.UNDEFINED
        found = difference(case.plain, mine, self.tolerances, values)
        if found is not None and difference(case.plain, mine, self.tolerances, values=False) is None:
            if self.op.name in scope.RANDOM:
                return Finding("random", "forward")
            source = case.sample.specs()[0].array() if self.op.name in scope.TIED else None
            if source is not None and differ_only_in_ties(case.plain, mine, source, self.tolerances):
                return Finding("random", "forward")
            if self._is_as_good(case, got, mine):
                found = None
        return compared("forward", found, case.plain, mine)

    def _is_as_good(self, case, got, mine):
        """Whether other numbers are right too: as near to the exact ones, or equal once what is free is taken off."""
        try:
            if "float32" in str(case.plain) and is_as_exact(case.plain, mine, self._exact(case), self.tolerances):
                return True
            theirs = describe(case.process(case.result), self.theirs.is_tensor)
            ours = describe(translate(case.process)(got), self.ours.is_tensor)
            return difference(theirs, ours, self.tolerances) is None
        except Exception:
            return False

    def _exact(self, case, after=None):
        """PyTorch's result at double precision, or what `after` makes of it."""
        result, tensors = self._call(self.theirs, case.call, case.call.theirs, at_double_precision(case.sample))
        if after is not None:
            return after(self.theirs, case.process(result), tensors)
        return describe(result, self.theirs.is_tensor)

    def _graphs(self, case, got, tensors):
        theirs = graph(self.theirs, case.result, case.tensors)
        ours = graph(self.ours, got, tensors)
        text = first_difference(theirs, ours)
        yield compared("graph", text)
        if text is None:
            theirs, ours = saved_names(self.theirs, case.result), saved_names(self.ours, got)
            yield compared("saved", first_difference(theirs, ours))

    def _gradient(self, case, got, tensors):
        try:
            wanted = gradient(self.theirs, case.process(case.result), case.tensors)
        except Exception:
            return  # PyTorch has no gradient here
        if wanted is None:
            return
        try:
            found = gradient(self.ours, translate(case.process)(got), tensors)
        except Exception as error:
            yield self._failure("gradient", error, case)
            return
        text = difference(wanted, found, self.tolerances)
        if text is not None and "float32" in str(wanted):
            same_kind = difference(wanted, found, self.tolerances, values=False) is None
            if same_kind and is_as_exact(wanted, found, self._exact(case, gradient), self.tolerances):
                text = None
        yield compared("gradient", text, wanted, found)

    def _second(self, case):
        try:
            wanted = second_gradient(self.theirs, case.process(case.result), case.tensors)
        except Exception:
            return  # PyTorch has no second gradient here
        try:
            got, tensors = self._call(self.ours, case.call, case.call.ours(), case.sample)
            found = second_gradient(self.ours, translate(case.process)(got), tensors)
        except Exception as error:
            yield self._failure("second", error, case)
            return
        yield compared("second", difference(wanted, found, self.tolerances), wanted, found)

    def _failure(self, phase, error, case):
        """The Finding for an exception of the engine's where PyTorch has a result."""
        text = f"{type(error).__name__}: {error}"
        if is_refusal(error, case.call.name.rsplit(".", 1)[-1]):
            return Finding("outside" if case.outside() else "missing", phase, text)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = "/".join(frame.filename.split("/")[-2:])
        return Finding("wrong", phase, f"{text} ({place}:{frame.lineno})", str(case.plain))


def _lengths(sample):
    return [length for spec in sample.specs() for length in spec.shape]
