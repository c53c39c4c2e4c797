"""Kernels of the engine: what a step computes, once for every kind of device.

An operation has one signature (`signatures.py`) and an implementation for each library
that knows it: a module ``<library>_<operation>.py``. `kernel_table.py` lists the
libraries and chooses between them by device and dtype. Kernels know nothing of
autograd: the functions that call them (`hanrock_sk.model.recurrence`, `attention`,
`words`) do.
"""
