"""`python -m tests.parity`: PyTorch's operator table through PyTorch and through the engine."""

import argparse
import json
import time
import traceback
from pathlib import Path

from . import oracle, report, scope


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument(
        "--ops", help="only these, by name or name:variant, comma-separated (softplus finds nn.functional.softplus)"
    )
    parser.add_argument("--area", choices=scope.AREAS, help="only the operators of this area")
    parser.add_argument("--samples", type=int, default=60, help="at most so many samples per operator and dtype (60)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--timeout", type=float, default=90, help="seconds for one operator (90)")
    parser.add_argument(
        "--second", action="store_true", help="second gradients and forward mode too, on the smallest sample"
    )
    parser.add_argument(
        "--strided", action="store_true", help="the samples with every second element of memory left out"
    )
    parser.add_argument("--verbose", action="store_true", help="show the first failing calls of each operator")
    parser.add_argument("--missing", action="store_true", help="list the missing operators' lines too")
    parser.add_argument("--json", type=Path, help="write everything found to this file")
    parser.add_argument("--table", type=Path, help="write the whole table to this file")
    options = parser.parse_args()
    ops = _chosen(oracle.load(), options)
    started = time.monotonic()
    reports = _run(ops, options)
    if options.json:
        options.json.write_text(json.dumps(reports, indent=1), encoding="utf-8")
    scores = report.scores(reports)
    if options.table:
        options.table.parent.mkdir(parents=True, exist_ok=True)
        options.table.write_text(
            "\n".join([*report.table(reports, verbose=options.verbose), "", *scores, ""]), encoding="utf-8"
        )
    show_all = options.missing or options.ops or options.area
    print("\n".join(report.table(reports, verbose=options.verbose, missing=bool(show_all))))
    print("\n".join(["", *scores, f"{time.monotonic() - started:.0f} s"]))


def _chosen(ops, options):
    wanted = options.ops.split(",") if options.ops else ["*"]
    unknown = [name for name in wanted if not any(_matches(op, name) for op in ops)]
    if unknown:
        raise SystemExit(
            f"op_db has no {', '.join(unknown)}; names are such as nn.functional.conv2d, norm:nuc or fft.*"
        )
    areas = [options.area] if options.area else scope.AREAS
    return [
        op
        for op in ops
        if any(_matches(op, name) for name in wanted) and scope.area(op.name, type(op).__name__) in areas
    ]


def _matches(op, name):
    if name.endswith("*"):
        return oracle.full_name(op).startswith(name[:-1])
    return name in (op.name, op.name.removeprefix("nn.functional."), oracle.full_name(op))


def _run(ops, options):
    from .findings import Finding, OpReport
    from .run import Options, run_op
    from .workers import run_all

    settings = Options(options.samples, options.second, options.strided)

    def work(index):
        try:
            return run_op(ops[index], settings)
        except Exception:
            return "the comparison itself failed: " + traceback.format_exc().strip().splitlines()[-1]

    reports = []
    for index, found in run_all(list(range(len(ops))), work, options.jobs, options.timeout):
        if isinstance(found, str):
            op, text = ops[index], found
            failed = OpReport(oracle.full_name(op), scope.area(op.name, type(op).__name__), op.supports_autograd)
            failed.add(Finding("wrong", "forward", text))
            found = failed.plain()
        reports.append(found)
    return reports


if __name__ == "__main__":
    main()
