"""`sleepsync replay`: a night's journal explained record by record, told in words and drawn.

What explains it runs in the VM (`hw/sim/explain.py`), by the firmware's own code; here it is told.
"""
