"""The operations: one row each in the table, and the builders that make functions, methods and nodes of the rows."""
