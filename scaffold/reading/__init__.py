"""Reads documents: the text of a PLAN or a SUBPLAN to its fields. Pure: no file is opened here."""
