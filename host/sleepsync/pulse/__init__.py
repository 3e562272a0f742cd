"""Recorded pulse waves through the firmware's own pipeline, in the VM."""
