"""scikit-learn's face: HAN-ROCK as a classifier and a regressor."""

from hanrock_sk.estimators.classifier import HANRockClassifier
from hanrock_sk.estimators.regressor import HANRockRegressor

__all__ = ["HANRockClassifier", "HANRockRegressor"]
