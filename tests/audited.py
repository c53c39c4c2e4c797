"""Everything the package does, in a process that notes what it asks of the system.

Run as ``python -B audited.py FOLDER``: it writes models, a report, a memory and a
journal below FOLDER, and prints as JSON the files written elsewhere, the addresses
looked up or connected to, and the programs started.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

FOLDER = Path(sys.argv[-1]).resolve()
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink"}
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
IMPORTS_ASK = [(["/sbin/ldconfig", "-p"],), (["lscpu"],)]
"""What importing starts of a CUDA build of torch, and of NumPy 1.26: they ask which
libraries and which processor there are."""
found: dict[str, list[str]] = {"written": [], "network": [], "programs": []}


def note(event, args):
    """Take down what an audit hook is told."""
    if event == "open":
        path, mode, flags = args
        if isinstance(path, str | bytes | os.PathLike) and flags & WRITING:
            written(path)
    elif event in CHANGES:
        for path in args[:2]:
            if isinstance(path, str | bytes | os.PathLike):
                written(path)
    elif event.startswith("socket.") and event not in ("socket.__new__",):
        found["network"].append(f"{event} {args[1:]}")
    elif event in PROGRAMS and args[1:2] not in IMPORTS_ASK:
        found["programs"].append(str(args[0]))


def written(path):
    """Take down a path that is not in the folder."""
    path = Path(os.path.abspath(os.fsdecode(path)))
    if FOLDER not in path.parents and path != FOLDER and str(path) != os.devnull:
        found["written"].append(str(path))


def work():
    """Import every module; train, predict, save, load, report, search."""
    import importlib
    import pkgutil

    import hanrock_sk

    for module in pkgutil.walk_packages(hanrock_sk.__path__, "hanrock_sk."):
        importlib.import_module(module.name)
    from sklearn.model_selection import GroupKFold, RandomizedSearchCV
    from tiny_estimators import TINY, tiny_classifier

    from hanrock_sk import datasets, explain, saving, tuning

    X, y = datasets.make_conversations(4, 6, random_state=0)
    model = tiny_classifier(memory=str(FOLDER / "memory")).fit(X, y)
    model.predict_proba(X), model.attention(X), model.predict_auxiliary(X)
    saving.load_model(saving.save_model(model, FOLDER / "model.skops"))
    weights = saving.save_weights(model, FOLDER / "weights.safetensors")
    saving.load_weights(model, weights)
    explain.report(model, X, y, FOLDER / "report.html")
    search = RandomizedSearchCV(
        hanrock_sk.HANRockClassifier(**TINY), {"lr": [0.01, 0.02]}, n_iter=2,
        cv=GroupKFold(2), random_state=0,
    )  # fmt: skip
    search.set_callbacks(tuning.MedianStopping(FOLDER / "journal"))
    search.fit(X, y, groups=X["conversation"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.addaudithook(note)
    work()
    print(json.dumps(found))
