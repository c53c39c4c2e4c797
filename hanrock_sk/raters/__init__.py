"""Labels of several raters: to one label or a distribution; how far they agree."""

from __future__ import annotations

from hanrock_sk.raters.agreement import cohen_kappa, krippendorff_alpha
from hanrock_sk.raters.ceiling import RaterCeiling, rater_ceiling
from hanrock_sk.raters.combining import Raters
from hanrock_sk.raters.long_form import ratings_from_long

__all__ = [
    "RaterCeiling",
    "Raters",
    "cohen_kappa",
    "krippendorff_alpha",
    "rater_ceiling",
    "ratings_from_long",
]
