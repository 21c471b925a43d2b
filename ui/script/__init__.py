"""The script pane: the code of documents and of cells typed in the console, tied to the nodes it made."""
