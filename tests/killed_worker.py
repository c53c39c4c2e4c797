"""An estimator whose worker process is killed in the middle of a fit."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from hanrock_sk import HANRockClassifier


class KilledOnce(HANRockClassifier):
    """Dies as by ``kill -9`` when it has trained an epoch, unless `sign` is there."""

    def __init__(self, sign, **params):
        super().__init__(**params)
        self.sign = sign

    @classmethod
    def _get_param_names(cls):
        return sorted(["sign", *HANRockClassifier._get_param_names()])

    def _forget(self):
        if not Path(self.sign).exists():
            Path(self.sign).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._forget()
