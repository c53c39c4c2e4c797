"""The engine's recurrence and attention as compiled code, where there is any.

`build_native.py` compiles the C++ files of this folder when the package is installed,
if there is a compiler. Without one the engine does the same with torch's operations.
"""
