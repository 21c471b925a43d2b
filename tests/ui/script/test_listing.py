from dataclasses import dataclass

from engine.trace import NONE, NodeKind, Status
from tests.traces import SEED_CODE, TraceBuilder, seed_trace
from ui.script.listing import Listing, Place


@dataclass(frozen=True)
class Cell:
    title: str
    text: str
    heading: str = ""
    first_line: int = 1


def test_blocks_count_headers_lines_and_gaps():
    listing = Listing()
    listing.open([Cell("cell 1", "a\nb"), Cell("cell 2", "c", first_line=10)], "f.py")
    assert [cell.block for cell in listing.cells] == [0, 4]
    assert [listing.cell_at(block) for block in range(7)] == [0, 0, 0, 0, 1, 1, 1]
    assert [listing.line_at(block) for block in range(7)] == [0, 1, 2, 0, 0, 10, 0]


def test_an_empty_listing_has_no_cell_and_no_line():
    listing = Listing()
    assert (listing.cell_at(0), listing.line_at(0)) == (NONE, 0)


def test_a_source_that_belongs_to_no_document_is_listed_at_the_end():
    listing = Listing()
    listing.open([Cell("cell 1", "other")], "f.py")
    trace = seed_trace()
    added = listing.update(trace)
    assert [(cell.title, cell.text) for cell in added] == [("cell 1", SEED_CODE)]
    assert listing.update(trace) == []


def test_a_run_of_the_documents_cell_is_found_again():
    builder = TraceBuilder()
    builder.add("sources", title="cell 2", text="\n\n\ny = 2", path="f.py")
    builder.add("cells", source=0, number=7, status=Status.OK)
    trace = builder.build()
    listing = Listing()
    listing.open([Cell("cell 1", "x = 1"), Cell("cell 2", "y = 2", first_line=4)], "f.py")
    assert listing.update(trace) == []
    cell = listing.cells[1]
    assert (cell.sources, cell.status, cell.number) == ([0], Status.OK, 7)
    assert listing.place(0, 4) == Place(cell.block + 1)
    assert listing.place(0, 1) is None


def test_a_changed_document_does_not_claim_what_its_older_text_made():
    builder = TraceBuilder()
    builder.add("sources", title="cell 1", text="x = 1", path="f.py")
    builder.add("cells", source=0, number=1, status=Status.OK)
    listing = Listing()
    listing.open([Cell("cell 1", "x = 2")], "f.py")
    listing.update(builder.build())
    assert [(cell.text, cell.status) for cell in listing.cells] == [("x = 2", None), ("x = 1", Status.OK)]


def test_opening_another_document_keeps_what_was_run():
    listing, trace = Listing(), seed_trace()
    listing.update(trace)
    listing.open([Cell("cell 1", "new")], "g.py")
    listing.update(trace)
    assert [cell.text for cell in listing.cells] == ["new", SEED_CODE]


def test_a_cell_that_runs_is_read_again_until_it_has_ended():
    builder = TraceBuilder()
    builder.add("sources", title="In [1]", text="x")
    builder.add("cells", source=0, number=1, status=Status.RUNNING)
    trace = builder.build()
    listing = Listing()
    listing.update(trace)
    assert listing.cells[0].status is Status.RUNNING
    builder.add("cells", id=0, source=0, number=1, status=Status.ERROR, error_source=0, error_line=1)
    builder.build()
    listing.update(trace)
    assert (listing.cells[0].status, listing.cells[0].error_line) == (Status.ERROR, 1)


def test_a_node_knows_its_line_and_columns():
    listing, trace = Listing(), seed_trace()
    listing.update(trace)
    multiply = next(n for n in range(len(trace.nodes)) if trace.node(n).label == "y * y")
    assert listing.place_of(trace, multiply) == Place(4, 4, 9)


def test_accumulate_grad_stands_at_the_line_of_its_leaf():
    listing, trace = Listing(), seed_trace()
    listing.update(trace)
    found = next(n for n in range(len(trace.nodes)) if trace.node(n).kind is NodeKind.ACCUMULATE)
    place = listing.place_of(trace, found)
    assert place is not None
    assert place.block == 2


def test_a_line_knows_the_tensors_and_functions_it_made():
    listing, trace = Listing(), seed_trace()
    listing.update(trace)
    made = [trace.node(node) for node in listing.nodes_of(trace, 4)]
    assert [(node.kind, node.op or node.label) for node in made] == [
        (NodeKind.FUNCTION, "MulBackward0"),
        (NodeKind.TENSOR, "y * y"),
        (NodeKind.FUNCTION, "MulBackward0"),
        (NodeKind.TENSOR, "z"),
    ]
    assert listing.nodes_of(trace, 0) == []
    assert listing.nodes_of(trace, 99) == []
