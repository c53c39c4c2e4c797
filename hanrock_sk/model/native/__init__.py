"""The engine's element-wise steps as compiled code, where there is any.

`build_native.py` compiles the C++ files of this folder when the package is installed,
if there is a compiler. Without one the engine does the same with torch's operations.
"""
