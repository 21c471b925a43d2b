"""The graph gathered into groups that can be closed, so that large graphs become small. Pure: no Qt, no places."""
