"""Turns a PLAN and its SUBPLANs into EXECUTION_TASK files, in batches that are created completely or not at all."""

__version__ = "0.1.0"
