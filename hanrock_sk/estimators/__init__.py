"""HAN-ROCK as a scikit-learn classifier and regressor."""

from hanrock_sk.estimators.classifier import HANRockClassifier
from hanrock_sk.estimators.regressor import HANRockRegressor

__all__ = ["HANRockClassifier", "HANRockRegressor"]
