"""Wiring: entry, command line, kernel process, session, documents, export."""
