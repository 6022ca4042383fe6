"""Turns a PLAN and its SUBPLANs into EXECUTION_TASK files, in batches that appear whole or not at all."""

__version__ = "0.1.0"
