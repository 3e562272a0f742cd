"""Breaches of the ledger, planted one at a time: into a journal, or into the puck's own code.

Each is one that `sleepsync replay` must find; `sleepsync.bench.breaches` counts how many it does.
"""
