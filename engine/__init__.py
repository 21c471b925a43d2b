"""Autograd on NumPy, and the record of what happened as plain data. No Qt here."""
