"""Saving models and weights: files that are whole, and that loading cannot make run.

Models go to skops files, weights to safetensors files. Both hold data alone. Files of
pickle and joblib, which work too, hold instructions that loading carries out; these
are left to `pickle` and `joblib` themselves, for files from people you trust.
"""

from hanrock_sk.saving.model_files import load_model, save_model
from hanrock_sk.saving.weight_files import load_weights, save_weights

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]
