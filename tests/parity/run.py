"""Runs one operator of PyTorch's table, in all its forms and with all its samples, through both worlds."""

import warnings
from dataclasses import dataclass

import engine.torch as engine_torch

from . import scope
from .calls import calls, translate
from .cases import Case, refuses_dtype, run_call
from .errors import error_finding
from .findings import Finding, OpReport
from .judge import Judge
from .oracle import full_name
from .samples import OutOfScopeError, freeze
from .variations import spread, strided
from .worlds import World

FLOATS, OTHERS = ("float64", "float32"), ("int64", "bool")


@dataclass(frozen=True)
class Options:
    """What to run of each operator."""

    samples: int = 60  # at most so many of each dtype
    second: bool = False  # second gradients and forward mode too
    strided: bool = False  # samples whose tensors are not contiguous


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


class _Runner:
    def __init__(self, op, options, report):
        import torch

        self.op, self.options, self.report = op, options, report
        self.theirs, self.ours = World(torch, lambda value: value), World(engine_torch, translate)
        self.judge = Judge(op, self.theirs, self.ours)
        self.forms = calls(op)

    def run(self):
        for name in FLOATS + OTHERS:
            dtype = getattr(self.theirs.module, name)
            if dtype in self.op.supported_dtypes("cpu"):
                differentiable = self.op.supports_autograd and dtype in self.op.supported_backward_dtypes("cpu")
                self._run_dtype(name, dtype, tracked=name in FLOATS and differentiable)
        if self.op.error_inputs_func is not None:
            self._run_errors()

    def _run_dtype(self, name, dtype, tracked):
        samples = self._samples(dtype, tracked)
        for form in self.forms[:1] if name == "float32" else self.forms:
            chosen = spread(samples, 3) if form.kind == "alias" else samples
            for sample, process in chosen:
                self._run_sample(form, sample, process, self.judge.first_order)
        if self.options.second and name == "float64" and tracked and samples:
            self._run_higher(min(samples, key=lambda pair: (0 in _lengths(pair[0]), pair[0].size())))

    def _samples(self, dtype, tracked):
        """(Sample, what to do with its result) pairs."""
        samples = []
        for original in spread(list(self.op.sample_inputs("cpu", dtype, requires_grad=tracked)), self.options.samples):
            try:
                sample = freeze(original)
                samples.append((strided(sample) if self.options.strided else sample, original.output_process_fn_grad))
            except OutOfScopeError:
                self.report.add(Finding("outside", "forward"))
        return samples

    def _run_higher(self, smallest):
        if self.op.supports_gradgrad:
            self._run_sample(self.forms[0], *smallest, self.judge.second_order)
        if self.op.supports_forward_ad:
            self._run_sample(self.forms[0], *smallest, self.judge.forward_mode)

    def _run_sample(self, form, sample, process, compare):
        try:
            ran = run_call(self.theirs, form.theirs, sample, form.kind == "inplace")
        except Exception as error:
            self._run_refused(error, form, sample)
            return
        for finding in compare(Case(form, sample, process, ran)):
            self.report.add(finding, form.kind, f"{form.name}({sample})")

    def _run_errors(self):
        for wrong in self.op.error_inputs("cpu"):
            try:
                sample = freeze(wrong.sample_input)
            except OutOfScopeError:
                continue
            try:
                run_call(self.theirs, self.forms[0].theirs, sample)
            except Exception as error:
                self._run_refused(error, self.forms[0], sample, wrong.error_regex)

    def _run_refused(self, error, form, sample, regex=None):
        """PyTorch refuses this sample in this form; so must the engine. It has no `out=`, and says so."""
        if "out" in sample.kwargs:
            return
        name = form.name.rsplit(".", 1)[-1]

        def run():
            return run_call(self.ours, form.ours(), sample, form.kind == "inplace").plain

        found = error_finding(error, run, name, regex)
        if found.outcome == "missing" and refuses_dtype(sample):
            found.outcome = "outside"
        self.report.add(found, form.kind, f"{form.name}({sample})")


def _lengths(sample):
    return [length for spec in sample.specs() for length in spec.shape]
