"""The table: one line per operator, wrong ones first, then the scores."""

from . import scope

_ORDER = {"WRONG": 0, "missing": 1, "partly": 2, "pass": 3, "out": 4}


def outcome(report, phases=("forward", "gradient")):
    """WRONG, missing (nothing passes), partly (some samples are refused), pass or out (of scope)."""
    if report["out"]:
        return "out"
    counts = report["counts"]

    def number(kind):
        return sum(counts.get(f"{phase} {kind}", 0) for phase in phases)

    if number("wrong"):
        return "WRONG"
    if number("missing"):
        return "partly" if number("pass") + number("random") else "missing"
    return "pass"


def line(report):
    """The operator's line: outcome, name, samples passed of samples compared, forward and gradient, first failure."""
    head = f"{outcome(report):8}{report['name']:45}"
    if report["out"]:
        return head + report["out"]
    cells = "".join(f"{_fraction(report, phase):>10}" for phase in ("forward", "gradient", "second"))
    first = _first(report)
    return (
        head + cells + ("  " + f"{first['phase']}: {first['text']}"[:150].replace("\n", " ") if first else "")
    ).rstrip()


def details(report):
    """What --verbose adds: the first failing calls."""
    return [
        f"        {found['outcome']} {found['phase']} ({found['kind']}): {found['call']}\n            {found['text']}"
        for found in report["firsts"]
    ]


def table(reports, verbose=False, missing=True):
    """All lines, worst first."""
    lines = [f"{'outcome':8}{'operator':45}{'forward':>10}{'gradient':>10}{'second':>10}  first failure"]
    for report in sorted(reports, key=lambda each: (_ORDER[outcome(each)], each["name"])):
        if outcome(report) == "missing" and not missing:
            continue
        lines.append(line(report))
        if verbose:
            lines += details(report)
    return lines


def scores(reports):
    """The score lines."""
    counted = [report for report in reports if not report["out"]]
    wanted = scope.NAMED
    groups = [
        ("differentiable operators", [report for report in counted if report["differentiable"]]),
        ("operators named in the goal", [report for report in counted if _base(report) in wanted]),
        ("all operators", counted),
    ]
    lines = []
    for title, members in groups:
        found = [outcome(report) for report in members]
        lines.append(
            f"{title:28}{found.count('pass'):4} of {len(found):4} pass ({_percent(found.count('pass'), len(found))}), "
            f"{found.count('partly')} partly, {found.count('missing')} missing, {found.count('WRONG')} WRONG"
        )
    lines.append(f"{'out of scope':28}{len(reports) - len(counted):4}")
    return lines


def _base(report):
    return report["name"].split(":")[0]


def _percent(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _fraction(report, phase):
    counts = report["counts"]
    good = sum(counts.get(f"{phase} {kind}", 0) for kind in ("pass", "random"))
    total = good + sum(counts.get(f"{phase} {kind}", 0) for kind in ("missing", "wrong"))
    return f"{good}/{total}" if total else "-"


def _first(report):
    found = sorted(report["firsts"], key=lambda each: each["outcome"] != "wrong")
    return found[0] if found else None
