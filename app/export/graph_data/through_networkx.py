"""GraphML, GEXF and node-link JSON, written by networkx, so that what it reads back is the same graph."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

from ..atomic import Output
from ..request import ExportRequest
from ..sizes import Estimate
from .records import Attributes, GraphRows, rows_of

if TYPE_CHECKING:
    from networkx import MultiDiGraph

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def write_graphml(out: Output, request: ExportRequest) -> None:
    """GraphML, for yEd, Gephi, Cytoscape and igraph."""
    out.write(graphml(rows_of(request)))


def write_gexf(out: Output, request: ExportRequest) -> None:
    """GEXF, for Gephi."""
    out.write(gexf(rows_of(request)))


def write_json(out: Output, request: ExportRequest) -> None:
    """Node-link JSON, as `networkx.node_link_graph` and D3 read it."""
    out.write(node_link_json(rows_of(request)))


def measure_graphml(request: ExportRequest) -> Estimate:
    """The exact bytes."""
    return Estimate(bytes=len(graphml(rows_of(request))), exact=True)


def measure_gexf(request: ExportRequest) -> Estimate:
    """The exact bytes."""
    return Estimate(bytes=len(gexf(rows_of(request))), exact=True)


def measure_json(request: ExportRequest) -> Estimate:
    """The exact bytes."""
    return Estimate(bytes=len(node_link_json(rows_of(request))), exact=True)


def graph_of(rows: GraphRows, *, xml: bool = False) -> MultiDiGraph:
    """The rows as a networkx graph; `xml`: with texts that XML can hold."""
    import networkx as nx

    clean = _for_xml if xml else _as_it_is
    graph = nx.MultiDiGraph(**clean(rows.about))
    for node in rows.nodes:
        graph.add_node(node.id, **clean({"label": "\n".join(node.lines), **node.attributes}))
    for edge in rows.edges:
        words = {"label": " ".join(edge.words)} if edge.words else {}
        graph.add_edge(edge.source, edge.target, key=edge.id, **clean({**words, **edge.attributes}))
    return graph


def graphml(rows: GraphRows) -> bytes:
    """The file."""
    import networkx as nx

    buffer = io.BytesIO()
    # Not the writer that takes lxml where it is installed: the same bytes on every machine.
    nx.readwrite.graphml.write_graphml_xml(
        graph_of(rows, xml=True), buffer, prettyprint=True, edge_id_from_attribute=None
    )
    return buffer.getvalue()


def gexf(rows: GraphRows) -> bytes:
    """The file; networkx puts the day into it."""
    import networkx as nx

    buffer = io.BytesIO()
    nx.write_gexf(graph_of(rows, xml=True), buffer, prettyprint=True)
    return buffer.getvalue()


def node_link_json(rows: GraphRows) -> bytes:
    """The file; the steps of the pass are in `graph`."""
    import networkx as nx

    graph = graph_of(rows)
    if rows.steps:
        graph.graph["steps"] = rows.steps
    return json.dumps(nx.node_link_data(graph, edges="edges"), indent=1, ensure_ascii=False, allow_nan=False).encode()


def _as_it_is(attributes: Attributes) -> Attributes:
    return attributes


def _for_xml(attributes: Attributes) -> Attributes:
    return {k: _NOT_IN_XML.sub("�", v) if isinstance(v, str) else v for k, v in attributes.items()}
