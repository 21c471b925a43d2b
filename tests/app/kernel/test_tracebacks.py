import os
import sys

from app.kernel.tracebacks import without


def frames(trace):
    names = []
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return names


def run(code, filename, **names):
    exec(compile(code, filename, "exec"), names)
    return names


def failed(tmp_path):
    inner = run("def op():\n    raise ValueError('no')", str(tmp_path / "engine" / "ops.py"))
    user = run("def mine():\n    op()", str(tmp_path / "cell.py"), **inner)
    try:
        user["mine"]()
    except ValueError:
        return sys.exc_info()[2]


def test_frames_of_the_folder_are_left_out(tmp_path):
    trace = failed(tmp_path)
    assert frames(trace) == ["failed", "mine", "op"]
    assert frames(without(trace, str(tmp_path / "engine"))) == ["failed", "mine"]
    assert frames(without(trace, str(tmp_path / "engine"), os.path.dirname(__file__))) == ["mine"]


def test_a_folder_whose_name_begins_alike_is_another_folder(tmp_path):
    trace = failed(tmp_path)
    assert frames(without(trace, str(tmp_path / "eng"))) == ["failed", "mine", "op"]


def test_a_traceback_of_nothing_else_stays_whole(tmp_path):
    trace = failed(tmp_path)
    assert without(trace, os.sep) is trace
    assert without(None, os.sep) is None
