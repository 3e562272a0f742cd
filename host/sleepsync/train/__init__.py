"""Trains the sleep network: from labelled people to `firmware/stages/model.py`.

What the network is given comes from the firmware's own code in the VM, and only the fitting
is done here, in floats. The same people, seed and machine give the same model, byte for byte.
"""
