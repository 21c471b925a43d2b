"""DOT, Mermaid, GraphML, GEXF, JSON and CSV, re-read by Graphviz, networkx and Python's own readers."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import networkx as nx
import pytest

from app.export import ExportRequest, Scope, export
from app.export.graph_data.dot import quoted
from app.export.graph_data.mermaid import MOST_EDGES, escaped, measure_mermaid
from app.export.graph_data.records import rows_of
from tests.app.export.reading import run
from tests.tapes import flags_trace, mlp_trace
from tests.traces import TraceBuilder, chain_trace, linear_trace, seed_trace
from ui.canvas.shown.shown_graph import View, show
from ui.snapshot import Snapshot

pytestmark = pytest.mark.usefixtures("qapp")
TRACES = pytest.mark.parametrize(
    "make", [seed_trace, mlp_trace, flags_trace, lambda: linear_trace(poison=True)], ids=["seed", "mlp", "flags", "nan"]
)
ODD = 'a "quoted"\n\\N <b> & {x} | ; # `~` é ∂ \x07 --> end'


def odd_trace():
    b = TraceBuilder()
    b.add("sources", title="cell 1", text="")
    b.add("cells", source=0, number=1)
    x = b.tensor(ODD, 1.0)
    b.function("MulBackward0", ODD, [x, b.constant("3")], "end", 3.0)
    return b.build()


def shown(trace, view=View.TENSORS_AND_FUNCTIONS):
    """(titles, pairs of titles) of what the canvas draws."""
    graph = show(Snapshot.of(trace), view)
    titles = [graph.title_text(box) for box in range(len(graph.node))]
    return titles, Counter((titles[a], titles[b]) for a, b in zip(graph.src.tolist(), graph.dst.tolist(), strict=True))


def write(tmp_path, name, request):
    return export(tmp_path / name, request)


@TRACES
@pytest.mark.parametrize("view", View)
def test_graphviz_draws_the_same_graph(tmp_path, make, view):
    trace = make()
    (path,) = write(tmp_path, "g.dot", ExportRequest(trace, 0 if len(trace.passes) else -1, 2, view=view))
    drawn = json.loads(run("dot", "-Tjson", path))
    names = [node["data_title"] for node in drawn["objects"]]
    titles, pairs = shown(trace, view)
    assert Counter(names) == Counter(titles)
    assert Counter((names[e["tail"]], names[e["head"]]) for e in drawn["edges"]) == pairs
    assert all(float(node["width"]) > 0 and "pos" in node for node in drawn["objects"])


def test_graphviz_shows_the_texts_and_the_direction_of_gradients(tmp_path):
    (path,) = write(tmp_path, "g.dot", ExportRequest(seed_trace(), 0, 3, title="Seed"))
    svg = tmp_path / "g.svg"
    run("dot", "-Tsvg", path, "-o", svg)
    texts = [(t.text or "").strip() for t in ET.parse(svg).iter("{http://www.w3.org/2000/svg}text")]
    for text in ("Seed", "AddBackward0", "ready #1", "y * y · now", "(none yet)", "4.5", "slot 0"):
        assert text in texts
    assert texts.count("2.25") == 2
    drawn = json.loads(run("dot", "-Tjson", path))
    back = {edge["id"] for edge in drawn["edges"] if edge["dir"] == "back"}
    assert back == {f"e{k}" for k in (4, 5, 6, 7, 8, 10, 11, 12)}


@TRACES
@pytest.mark.parametrize("suffix", [".graphml", ".gexf", ".json"])
def test_networkx_reads_back_the_same_graph_with_its_attributes(tmp_path, make, suffix):
    trace = make()
    asked = ExportRequest(trace, 0 if len(trace.passes) else -1, 2)
    (path,) = write(tmp_path, f"g{suffix}", asked)
    if suffix == ".json":
        graph = nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges")
    else:
        graph = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}[suffix](path)
    titles, pairs = shown(trace)
    named = nx.get_node_attributes(graph, "title")
    assert Counter(named.values()) == Counter(titles)
    assert Counter((named[a], named[b]) for a, b, *_ in graph.edges) == pairs
    rows = rows_of(asked)
    for row in rows.nodes:
        read = graph.nodes[row.id]
        assert all(read[name] == value for name, value in row.attributes.items())
        assert read["label"] == "\n".join(row.lines)
    found = {(a, b): [] for a, b in graph.edges()}
    for a, b, data in graph.edges(data=True):
        found[a, b].append(data)
    for row in rows.edges:
        assert any(all(data.get(n) == v for n, v in row.attributes.items()) for data in found[row.source, row.target])


def test_the_steps_of_the_pass_are_in_the_json(tmp_path):
    (path,) = write(tmp_path, "g.json", ExportRequest(seed_trace(), 0, 5))
    steps = json.loads(path.read_text())["graph"]["steps"]
    assert [step["op"] for step in steps] == [
        "MeanBackward0", "MulBackward0", "MulBackward0", "AddBackward0", "AccumulateGrad",
    ]  # fmt: skip
    assert steps[4]["after_mean"] == 4.5
    assert "before_mean" not in steps[4]


@TRACES
def test_csv_tables_have_a_row_for_each_node_edge_and_step(tmp_path, make):
    trace = make()
    has_pass = len(trace.passes) > 0
    files = write(tmp_path, "g.csv", ExportRequest(trace, 0 if has_pass else -1, 1))
    assert [file.name for file in files] == [f"g-{n}.csv" for n in ("nodes", "edges", "steps")[: 3 if has_pass else 2]]
    tables = [list(csv.DictReader(io.StringIO(file.read_text("utf-8")))) for file in files]
    titles, pairs = shown(trace)
    title_of = {row["id"]: row["title"] for row in tables[0]}
    assert Counter(title_of.values()) == Counter(titles)
    assert Counter((title_of[row["source"]], title_of[row["target"]]) for row in tables[1]) == pairs
    if has_pass:
        assert len(tables[2]) == int((trace.steps.pass_ == 0).sum())
        assert [int(row["step"]) for row in tables[2]] == list(range(1, len(tables[2]) + 1))


@TRACES
def test_mermaid_has_a_line_for_each_node_and_edge(tmp_path, make):
    trace = make()
    (path,) = write(tmp_path, "g.mmd", ExportRequest(trace, 0 if len(trace.passes) else -1, 2))
    text = path.read_text("utf-8")
    nodes = dict(re.findall(r'^  (\w+)\("(.*)"\):::look\d+$', text, re.M))
    links = re.findall(r'^  (\w+) (===|-->|-\.->)(?:\|"(.*)"\|)? (\w+)$', text, re.M)
    graph = show(Snapshot.of(trace))
    assert len(nodes) == len(graph.node)
    assert len(links) == len(graph.edge)
    assert all(label.startswith("▲") == (link == "===") for _, link, label, _ in links)
    assert Counter((a, b) for a, _, _, b in links) == Counter(
        (row.source, row.target) for row in rows_of(ExportRequest(trace)).edges
    )
    assert len(re.findall("^  linkStyle ", text, re.M)) == len(links)
    assert set(re.findall(r":::(\w+)", text)) == set(re.findall(r"classDef (\w+) ", text))


def test_mermaid_says_where_its_viewers_end():
    assert measure_mermaid(ExportRequest(seed_trace())).note == ""
    note = measure_mermaid(ExportRequest(chain_trace(MOST_EDGES))).note
    assert f"at most {MOST_EDGES} edges" in note


def test_odd_texts_come_through(tmp_path):
    trace = odd_trace()
    one_line = " ".join(ODD.split())
    (path,) = write(tmp_path, "g.dot", ExportRequest(trace))
    drawn = json.loads(run("dot", "-Tjson", path))
    expressions = [node.get("data_expression", "") for node in drawn["objects"]]
    assert one_line.replace("\x07", "�") in [text.replace("\\\\", "\\") for text in expressions]
    (path,) = write(tmp_path, "g.json", ExportRequest(trace))
    assert one_line in path.read_text().replace('\\"', '"').replace("\\\\", "\\").replace("\\u0007", "\x07")
    for name, read in (("g.graphml", nx.read_graphml), ("g.gexf", nx.read_gexf)):
        (path,) = write(tmp_path, name, ExportRequest(trace))
        assert one_line.replace("\x07", "�") in nx.get_node_attributes(read(path), "expression").values()


def test_quoting():
    assert quoted('a"b\\N\n') == '"a\\"b\\\\N\\n"'
    assert quoted(True) == '"true"'
    assert escaped('<a> "b" #1; [x]') == '"#60;a#62; #34;b#34; #35;1#59; #91;x#93;"'


def test_only_the_selection_is_written(tmp_path):
    asked = ExportRequest(seed_trace(), scope=Scope.SELECTION, nodes=frozenset({5, 6, 7}))
    graph = nx.read_graphml(write(tmp_path, "g.graphml", asked)[0])
    assert sorted(graph.nodes) == ["n5", "n6", "n7"]
    assert graph.number_of_edges() == 3


def test_numbers_that_are_not_finite_are_left_to_the_words(tmp_path):
    text = write(tmp_path, "g.json", ExportRequest(linear_trace(poison=True), 0, 5))[0].read_text()
    assert re.search('"gradient_(nans|infs)": [1-9]', text)
    assert not re.search(r"\b(NaN|Infinity)\b(?!\")", re.sub(r'"[^"]*"', '""', text))
