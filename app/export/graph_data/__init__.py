"""The graph as data: for Graphviz, Mermaid, networkx, Gephi, yEd and spreadsheets. One module per way of writing."""
