"""Judges the engine's answer to one call against PyTorch's: result, graph, gradients."""

import traceback
from functools import partial

from . import scope
from .calls import translate
from .cases import run_call, side_effects
from .compare import describe, difference, is_as_exact, is_refusal, largest
from .findings import Finding, compared
from .gradients import gradient, second_gradient
from .graphs import first_difference, graph, saved_difference
from .oracle import tolerances
from .tangents import tangents, tangents_by_reverse_mode
from .ties import differ_only_in_ties
from .variations import at_double_precision


class Judge:
    """Compares calls of one operator; every method yields Findings."""

    def __init__(self, op, theirs, ours):
        self.name, self.theirs, self.ours, self.tolerances = op.name, theirs, ours, tolerances(op)
        self.wrapper = op.gradcheck_wrapper

    def first_order(self, case):
        """The result, then its graph and its gradient."""
        try:
            ran = self._run(case)
        except Exception as error:
            yield _failure("forward", error, case)
            return
        forward = self._forward(case, ran)
        yield forward
        if forward.outcome == "pass" and any(spec.requires_grad for spec in case.sample.specs()):
            yield from self._graphs(case, ran)
            yield from self._gradient(case, ran)

    def second_order(self, case):
        """The gradient of the gradient."""
        yield from self._alike(
            "second",
            case,
            lambda: second_gradient(self.theirs, case.processed(), case.ran.tensors),
            lambda: self._of_ours(case, second_gradient),
        )

    def forward_mode(self, case):
        """The tangents of forward mode, with the arguments that PyTorch's tests make of the sample (symmetric ones)."""
        finding = self._tangent(case, tangents)
        if finding is not None and finding.outcome == "wrong":
            # PyTorch's own formula may be at fault (that of cholesky_inverse is): its reverse mode decides.
            again = self._tangent(case, tangents_by_reverse_mode)
            finding = finding if again is None or again.outcome == "wrong" else again
        if finding is not None:
            yield finding

    def _tangent(self, case, of_theirs):
        theirs = partial(self.wrapper, case.call.theirs)

        def of_ours():
            ours = partial(translate(self.wrapper), case.call.ours())
            return tangents(self.ours, ours, case.sample, translate(case.process))

        found = self._alike("tangent", case, lambda: of_theirs(self.theirs, theirs, case.sample, case.process), of_ours)
        return next(found, None)

    def _run(self, case):
        return run_call(self.ours, case.call.ours(), case.sample, case.call.kind == "inplace")

    def _of_ours(self, case, derivative):
        ran = self._run(case)
        return derivative(self.ours, translate(case.process)(ran.result), ran.tensors)

    def _forward(self, case, ran):
        wanted, got = case.ran.plain, ran.plain
        values = self.name not in scope.UNDEFINED
        text = difference(wanted, got, self.tolerances, values)
        if text is not None and difference(wanted, got, self.tolerances, values=False) is None:
            if self.name in scope.RANDOM:
                return Finding("random", "forward")
            source = case.sample.specs()[0].array() if self.name in scope.TIED else None
            if source is not None and differ_only_in_ties(wanted, got, source, self.tolerances):
                return Finding("random", "forward")
            if self._is_as_good(case, ran):
                text = None
        return compared("forward", text or side_effects(case.ran, ran, self.tolerances), wanted, got)

    def _is_as_good(self, case, ran):
        """Whether other numbers are right too: as near to the exact ones, or equal once what is free is taken off."""
        try:
            if "float32" in str(case.ran.plain):
                exact = self._exactly(case).plain
                if is_as_exact(case.ran.plain, ran.plain, exact, self.tolerances):
                    return True
            theirs = describe(case.processed(), self.theirs.is_tensor)
            ours = describe(translate(case.process)(ran.result), self.ours.is_tensor)
            return difference(theirs, ours, self.tolerances) is None
        except Exception:
            return False

    def _exactly(self, case):
        """PyTorch's answer at double precision."""
        sample = at_double_precision(case.sample)
        return run_call(self.theirs, case.call.theirs, sample, case.call.kind == "inplace")

    def _graphs(self, case, ran):
        theirs, their_nodes = graph(self.theirs, case.ran.result, case.ran.tensors)
        ours, our_nodes = graph(self.ours, ran.result, ran.tensors)
        text = first_difference(theirs, ours)
        yield compared("graph", text)
        if text is None:
            pairs = zip(their_nodes, our_nodes, strict=True)
            found = (saved_difference(self.theirs, one, self.ours, other, self.tolerances) for one, other in pairs)
            yield compared("saved", next((text for text in found if text is not None), None))

    def _gradient(self, case, ran):
        try:
            wanted = gradient(self.theirs, case.processed(), case.ran.tensors)
        except Exception as error:
            yield Finding("skipped", "gradient", f"{type(error).__name__}: {error}")  # PyTorch has none here
            return
        if wanted is None:
            return
        try:
            got = gradient(self.ours, translate(case.process)(ran.result), ran.tensors)
        except Exception as error:
            yield _failure("gradient", error, case)
            return
        text = difference(wanted, got, self.tolerances)
        if text is not None and self._is_gradient_as_good(case, wanted, got):
            text = None
        yield compared("gradient", text, wanted, got)

    def _is_gradient_as_good(self, case, wanted, got):
        if "float32" not in str(wanted) or difference(wanted, got, self.tolerances, values=False) is not None:
            return False
        exactly = self._exactly(case)
        exact = gradient(self.theirs, case.process(exactly.result), exactly.tensors)
        return is_as_exact(wanted, got, exact, self.tolerances, largest(exactly.plain))

    def _alike(self, phase, case, theirs, ours):
        try:
            wanted = theirs()
        except Exception as error:
            yield Finding("skipped", phase, f"{type(error).__name__}: {error}")  # PyTorch has none here
            return
        try:
            got = ours()
        except Exception as error:
            yield _failure(phase, error, case)
            return
        yield compared(phase, difference(wanted, got, self.tolerances), wanted, got)


def _failure(phase, error, case):
    """The Finding for an exception of the engine's where PyTorch has a result."""
    text = f"{type(error).__name__}: {error}"
    if is_refusal(error, case.call.name.rsplit(".", 1)[-1]):
        return Finding("outside" if case.outside() else "missing", phase, text)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = "/".join(frame.filename.split("/")[-2:])
    return Finding("wrong", phase, f"{text} ({place}:{frame.lineno})", str(case.ran.plain))
