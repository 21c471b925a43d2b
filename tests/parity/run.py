"""Runs one operator of PyTorch's table through both worlds and says, sample by sample, how they compare."""

import traceback
import warnings
from dataclasses import asdict, dataclass, field

import engine.torch as engine_torch

from . import scope
from .calls import calls, translate
from .compare import Plain, describe, difference, is_refusal
from .gradients import gradient, second_gradient
from .oracle import full_name, tolerance
from .samples import OutOfScopeError, freeze
from .worlds import World

FLOATS, OTHERS = ("float64", "float32"), ("int64", "bool")


@dataclass
class Finding:
    """How one call compares. outcome: pass, missing, wrong, outside or random; phase: forward, gradient, second."""

    outcome: str
    phase: str
    kind: str = ""
    call: str = ""
    text: str = ""


@dataclass
class OpReport:
    """All findings about one operator, counted; the first of each bad outcome and phase is kept."""

    name: str
    area: str
    differentiable: bool
    counts: dict = field(default_factory=dict)  # "forward pass" -> number of samples
    firsts: list = field(default_factory=list)
    out: str = ""  # why it is out of scope

    def add(self, finding):
        key = f"{finding.phase} {finding.outcome}"
        self.counts[key] = self.counts.get(key, 0) + 1
        if finding.outcome in ("missing", "wrong") and self.counts[key] <= 3:
            self.firsts.append(asdict(finding))


@dataclass(frozen=True)
class Options:
    """What to run of each operator."""

    samples: int = 60
    second: bool = False


def run_op(op, options):
    """The OpReport of one operator."""
    name = full_name(op)
    report = OpReport(name, scope.area(op.name, type(op).__name__), op.supports_autograd)
    report.out = scope.why_out(op.name, op.variant_test_name) or ""
    if not report.out:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _Runner(op, options, report).run()
        if not any(key.split()[1] != "outside" for key in report.counts):
            report.out = "complex, half or sparse only" if report.counts else "PyTorch has no CPU samples"
    return asdict(report)


class _Runner:
    def __init__(self, op, options, report):
        import torch

        self.op, self.options, self.report = op, options, report
        self.theirs = World(torch, lambda value: value)
        self.ours = World(engine_torch, translate)
        self.tolerances = {str(dtype).removeprefix("torch."): tolerance(op, dtype) for dtype in _measured(torch)}

    def run(self):
        torch = self.theirs.module
        supported = self.op.supported_dtypes("cpu")
        for name in FLOATS + OTHERS:
            dtype = getattr(torch, name)
            if dtype not in supported:
                continue
            tracked = name in FLOATS and self.op.supports_autograd and dtype in self.op.supported_backward_dtypes("cpu")
            self._run_dtype(dtype, tracked, variants=name != "float32")

    def _run_dtype(self, dtype, tracked, variants):
        taken = _spread(list(self.op.sample_inputs("cpu", dtype, requires_grad=tracked)), self.options.samples)
        frozen = []
        for original in taken:
            try:
                frozen.append((freeze(original), original.output_process_fn_grad))
            except OutOfScopeError:
                self.report.add(Finding("outside", "forward"))
        for call in calls(self.op) if variants else calls(self.op)[:1]:
            for sample, process in frozen:
                self._compare(call, sample, process)
        if self.options.second and tracked and self.op.supports_gradgrad and frozen and str(dtype) == "torch.float64":
            sample, process = min(frozen, key=lambda pair: pair[0].size())
            self._compare_second(calls(self.op)[0], sample, process)

    # ---- one call ----

    def _compare(self, call, sample, process):
        try:
            expected, their_inputs = self._call(self.theirs, call, call.theirs, sample)
            plain = describe(expected, self.theirs.is_tensor)
        except Exception:
            return  # PyTorch itself refuses this sample in this form
        shown = f"{call.name}({sample})"
        outside = _uses_refused_dtypes(sample, plain)
        found = self._forward(call, sample, process, expected, plain, outside)
        finding, got, our_inputs = found
        finding.kind, finding.call = call.kind, shown
        self.report.add(finding)
        if finding.outcome == "pass" and any(spec.requires_grad for spec in sample.specs()):
            finding = self._gradient(expected, their_inputs, got, our_inputs, process)
            if finding is not None:
                finding.kind, finding.call = call.kind, shown
                self.report.add(finding)

    def _forward(self, call, sample, process, expected, plain, outside):
        """(Finding, engine's result, its tensors)."""
        try:
            got, inputs = self._call(self.ours, call, call.ours(), sample)
            mine = describe(got, self.ours.is_tensor)
        except Exception as error:
            return self._failure("forward", error, call.name, outside), None, None
        values = self.op.name not in scope.UNDEFINED
        found = difference(plain, mine, self.tolerances, values)
        if found is not None and values and difference(plain, mine, self.tolerances, False) is None:
            if self.op.name in scope.RANDOM:
                return Finding("random", "forward"), got, inputs
            if self._same_processed(expected, got, process):
                return Finding("pass", "forward"), got, inputs
        return Finding("pass" if found is None else "wrong", "forward", text=found or ""), got, inputs

    def _same_processed(self, expected, got, process):
        """Whether the results agree after what PyTorch's tests do with them: signs of singular vectors are free."""
        try:
            theirs = describe(process(expected), self.theirs.is_tensor)
            ours = describe(translate(process)(got), self.ours.is_tensor)
        except Exception:
            return False
        return difference(theirs, ours, self.tolerances) is None

    def _gradient(self, expected, their_inputs, got, our_inputs, process):
        try:
            wanted = gradient(self.theirs, process(expected), their_inputs)
        except Exception:
            return None  # PyTorch has no gradient here
        if wanted is None:
            return None
        try:
            found = gradient(self.ours, translate(process)(got), our_inputs)
        except Exception as error:
            return self._failure("gradient", error, self.op.name, False)
        text = difference(wanted, found, self.tolerances)
        return Finding("pass" if text is None else "wrong", "gradient", text=text or "")

    def _compare_second(self, call, sample, process):
        try:
            result, inputs = self._call(self.theirs, call, call.theirs, sample)
            wanted = second_gradient(self.theirs, process(result), inputs)
        except Exception:
            return
        shown = f"{call.name}({sample})"
        try:
            result, inputs = self._call(self.ours, call, call.ours(), sample)
            found = second_gradient(self.ours, translate(process)(result), inputs)
            text = difference(wanted, found, self.tolerances)
            finding = Finding("pass" if text is None else "wrong", "second", text=text or "")
        except Exception as error:
            finding = self._failure("second", error, call.name, False)
        finding.kind, finding.call = call.kind, shown
        self.report.add(finding)

    def _call(self, world, call, function, sample):
        args, kwargs, tensors = world.arguments(sample)
        if call.kind == "inplace":
            args = (args[0].clone(), *args[1:])
        world.module.manual_seed(0)
        return function(*args, **kwargs), tensors

    def _failure(self, phase, error, name, outside):
        if is_refusal(error, name.rsplit(".", 1)[-1]):
            return Finding("outside" if outside else "missing", phase, text=f"{type(error).__name__}: {error}")
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = "/".join(frame.filename.split("/")[-2:])
        return Finding("wrong", phase, text=f"{type(error).__name__}: {error} ({place}:{frame.lineno})")


def _spread(samples, most):
    """At most `most` of the samples, evenly spread over all."""
    if len(samples) <= most:
        return samples
    return [samples[index * len(samples) // most] for index in range(most)]


def _measured(torch):
    return (torch.float64, torch.float32, torch.complex64, torch.complex128)


def _uses_refused_dtypes(sample, plain):
    texts = [spec.dtype for spec in sample.specs()] + [
        str(sample),
        str(plain) if not isinstance(plain, Plain) else plain.dtype,
    ]
    return any(refused in text for text in texts for refused in scope.REFUSED_DTYPES)
