"""What a run finds out about one operator, as plain data that goes from worker processes to the report."""

from dataclasses import asdict, dataclass, field


@dataclass
class Finding:
    """How one call compares.

    outcome: pass, wrong, missing (refused honestly), random (equal but for numbers drawn or ties), near (an error of
    the same type in other words), outside (out of scope), skipped (PyTorch has no such derivative).
    phase: one of report.PHASES.
    """

    outcome: str
    phase: str
    text: str = ""
    expected: str = ""
    got: str = ""
    kind: str = ""  # function, method, inplace or operator
    call: str = ""


@dataclass
class OpReport:
    """All findings about one operator, counted; the first three of each bad outcome and phase are kept."""

    name: str
    area: str
    differentiable: bool
    out: str = ""  # why it is out of scope
    counts: dict = field(default_factory=dict)  # "forward pass" -> number of samples
    firsts: list = field(default_factory=list)

    def add(self, finding, kind="", call=""):
        finding.kind, finding.call = finding.kind or kind, finding.call or call
        key = f"{finding.phase} {finding.outcome}"
        self.counts[key] = self.counts.get(key, 0) + 1
        if finding.outcome in ("missing", "wrong", "near", "skipped"):
            alike = [first["text"] for first in self.firsts if f"{first['phase']} {first['outcome']}" == key]
            if len(alike) < 3 and finding.text not in alike:
                self.firsts.append(asdict(finding))

    def nothing_counts(self):
        """Whether all samples are out of scope."""
        return not any(key.startswith("forward ") and key != "forward outside" for key in self.counts)

    def plain(self):
        return asdict(self)


def compared(phase, text, expected="", got=""):
    """The Finding of a comparison, which passes when `text` is None."""
    if text is None:
        return Finding("pass", phase)
    return Finding("wrong", phase, text, str(expected), str(got))
