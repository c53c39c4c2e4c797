"""What to search over: the paper's hyper-parameters (Table 6), and a smaller space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import loguniform, randint, uniform
from sklearn.utils import check_random_state

from hanrock_sk._base.sklearn_private import StrOptions, validate_params

SCHEMES = ("random", "linear", "softmax")
PRIMARY_GRU = (1, 64, 128, 192, 256)
TOTAL_GRU = 257
"""Units of a primary and an auxiliary talkturn encoder together (P + A)."""


@dataclass(frozen=True)
class ZeroOrLogUniform:
    """A distribution with a lump at zero, else uniform on the logarithmic scale.

    Attributes
    ----------
    low, high : float
        Range of what is not zero.
    zero : float
        Probability of exactly zero.
    """

    low: float
    high: float
    zero: float = 0.5

    def rvs(self, random_state: Any = None) -> float:
        """Draw a value."""
        random = check_random_state(random_state)
        # Both are drawn each time: the draws that follow do not depend on the outcome.
        is_zero = random.uniform() < self.zero
        value = np.exp(random.uniform(np.log(self.low), np.log(self.high)))
        return 0.0 if is_zero else float(value)


@validate_params(
    {
        "step": [str],
        "weights": [str, None],
        "size": [StrOptions({"paper", "small"})],
    },
    prefer_skip_nested_validation=True,
)
def search_space(
    step: str = "model", *, weights: str | None = "weights", size: str = "paper"
) -> list[dict[str, Any]]:
    """Return the hyper-parameters to search over, and how they are drawn.

    The paper's space is Table 6 (appendix A.3), with the optimiser of its authors; its
    searches had thirty trials of up to 350 epochs. The smaller space lies around this
    package's defaults, which need a tenth of these epochs.

    Parameters
    ----------
    step : str, default="model"
        Name of the Pipeline's step that is a `~hanrock_sk.HANRockClassifier` or
        `~hanrock_sk.HANRockRegressor`.
    weights : str or None, default="weights"
        Name of the step that is an `~hanrock_sk.AuxiliaryWeights`; None if there is
        none. The steps before it have no hyper-parameters in the paper.
    size : {"paper", "small"}, default="paper"
        Which space.

    Returns
    -------
    space : list of dict
        The `param_distributions` of
        :class:`~sklearn.model_selection.RandomizedSearchCV`, of which each trial takes
        one at random. In the paper's space there is one per number of primary GRU
        units, which ties the auxiliary units to them.

    See Also
    --------
    MedianStopping : Stops the trials of a search that do badly.

    Notes
    -----
    ================= =========================== ===========================
    hyper-parameter   paper                       small
    ================= =========================== ===========================
    optimizer         sgd, momentum 0.9           the estimator's
    lr                2^-10 to 2^-5, logarithmic  0.0005 to 0.005, logarithmic
    lr_decay          1                           the estimator's
    batch_size        32 to 256                   32, 64
    pri_gru           1, 64, 128, 192, 256        the estimator's
    aux_gru           257 - pri_gru               the estimator's
    l2                0 or up to 0.5, logarithmic 0 or up to 0.5, logarithmic
    content_size      1 to 30                     1 to 18
    gru_dropout       0.01 to 0.50                0.05 to 0.50
    recurrent_dropout 0.01 to 0.50                0.01 to 0.30
    scheme            random, linear, softmax     random, linear, softmax
    primary_weight    0.50 to 0.99                0.50 to 0.99
    ================= =========================== ===========================

    The paper's space also sets `AS_IN_THE_PAPER`: its fusion, no direct way to the
    head, no averaged weights, and conversations held out to choose the epoch. What it
    leaves to the estimator, the paper has as ``max_epochs=350, patience=None``, and of
    a classifier ``label_smoothing=0, logit_adjustment=0``.

    Table 6 draws L2 on the logarithmic scale from a range that begins with zero, which
    no such scale has. Here it is exactly zero in half of the trials, as in five of the
    eight models of Table 7, and else at least 1e-6.

    The paper gives each scheme ten of thirty trials. Drawn at random, each scheme has
    ten on average.

    Examples
    --------
    >>> from sklearn.model_selection import ParameterSampler
    >>> from hanrock_sk.tuning import search_space
    >>> for trial in ParameterSampler(search_space(), n_iter=3, random_state=0):
    ...     print(trial["model__pri_gru"], trial["model__aux_gru"])
    256 1
    1 256
    192 65
    """
    of_weights = {"scheme": list(SCHEMES), "primary_weight": uniform(0.50, 0.49)}
    schemes = {f"{weights}__{n}": v for n, v in of_weights.items()} if weights else {}
    return [
        {**{f"{step}__{name}": values for name, values in part.items()}, **schemes}
        for part in (_paper() if size == "paper" else _small())
    ]


AS_IN_THE_PAPER: dict[str, Any] = {
    "fusion": "paper",
    "direct": False,
    "direct_measured": False,
    "speaker_vectors": False,
    "train_unlabelled": False,
    "schedule": "plateau",
    "lr_decay": 1,
    "weight_average": None,
    "head_dropout": 0.0,
    "validation_fraction": 0.1,
}
"""Parameters that make an estimator train as in the paper. A classifier's
``label_smoothing`` and ``logit_adjustment`` are 0 there."""


def _paper() -> list[dict[str, Any]]:
    return [
        {
            **{name: [value] for name, value in AS_IN_THE_PAPER.items()},
            "optimizer": ["sgd"],
            "lr": loguniform(2**-10, 2**-5),
            "batch_size": randint(32, 257),
            "pri_gru": [units],
            "aux_gru": [TOTAL_GRU - units],
            "l2": ZeroOrLogUniform(1e-6, 0.5),
            "content_size": randint(1, 31),
            "gru_dropout": uniform(0.01, 0.49),
            "recurrent_dropout": uniform(0.01, 0.49),
        }
        for units in PRIMARY_GRU
    ]


def _small() -> list[dict[str, Any]]:
    return [
        {
            "validation_fraction": [0.1],
            "lr": loguniform(5e-4, 5e-3),
            "batch_size": [32, 64],
            "l2": ZeroOrLogUniform(1e-3, 0.5),
            "content_size": randint(1, 19),
            "gru_dropout": uniform(0.05, 0.45),
            "recurrent_dropout": uniform(0.01, 0.29),
        }
    ]
