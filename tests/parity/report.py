"""The table: one line per operator, wrong ones first, then the scores."""

from . import scope

PHASES = ("forward", "gradient", "second", "tangent", "graph", "saved", "errors")
_ORDER = {"WRONG": 0, "missing": 1, "partly": 2, "pass": 3, "out": 4}


def outcome(report):
    """WRONG, missing (nothing passes), partly (some samples are refused), pass or out (of scope).

    Forward and gradient decide; of a second gradient or a tangent only a wrong one counts.
    """
    if report["out"]:
        return "out"
    if _number(report, ("forward", "gradient", "second", "tangent"), "wrong"):
        return "WRONG"
    if _number(report, ("forward", "gradient"), "missing"):
        return "partly" if _number(report, ("forward", "gradient"), "pass", "random") else "missing"
    return "pass"


def line(report):
    """The operator's line: outcome, name, samples passed of samples compared by phase, first failure."""
    head = f"{outcome(report):8}{report['name']:45}"
    if report["out"]:
        return head + report["out"]
    cells = "".join(f"{_fraction(report, phase):>9}" for phase in PHASES) + f"{_letter(report):>9}"
    first = _first(report)
    text = "  " + f"{first['phase']}: {first['text']}"[:200].replace("\n", " ") if first else ""
    return (head + cells + text).rstrip()


def details(report):
    """What --verbose adds: the first failing calls."""
    lines = []
    for found in report["firsts"]:
        lines.append(f"        {found['outcome']} {found['phase']} ({found['kind']}): {found['call']}"[:400])
        lines.append(f"            {found['text']}"[:1000])
        if found["got"] and found["phase"] != "errors":
            lines += [f"            PyTorch: {found['expected']}"[:400], f"            engine:  {found['got']}"[:400]]
    return lines


def table(reports, verbose=False, missing=True):
    """All lines, worst first."""
    lines = [f"{'outcome':8}{'operator':45}" + "".join(f"{title:>9}" for title in (*PHASES, "letter"))]
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
    for phase, title in [("graph", "graphs as PyTorch's"), ("saved", "saved names"), ("errors", "errors raised alike")]:
        good = _number_of_all(counted, phase, "pass", "near")
        total = good + _number_of_all(counted, phase, "wrong", "missing")
        lines.append(f"{title:28}{good:6} of {total:6} calls ({_percent(good, total)})")
    lines.append(f"{'out of scope':28}{len(reports) - len(counted):4}")
    return lines


def _base(report):
    return report["name"].split(":")[0]


def _percent(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _number(report, phases, *outcomes):
    return sum(report["counts"].get(f"{phase} {found}", 0) for phase in phases for found in outcomes)


def _number_of_all(reports, phase, *outcomes):
    return sum(_number(report, [phase], *outcomes) for report in reports)


def _fraction(report, phase):
    good = _number(report, [phase], "pass", "random", "near")
    total = good + _number(report, [phase], "missing", "wrong")
    return f"{good}/{total}" if total else "-"


def _letter(report):
    """Errors with PyTorch's very words."""
    total = _number(report, ["errors"], "pass", "near", "missing", "wrong")
    return f"{_number(report, ['errors'], 'pass')}/{total}" if total else "-"


def _first(report):
    """The worst finding: forward before gradient and so on, and wrong before missing."""
    order = ("wrong", "missing", "near")
    bad = [each for each in report["firsts"] if each["outcome"] in order]
    return min(bad, key=lambda each: (PHASES.index(each["phase"]), order.index(each["outcome"])), default=None)
