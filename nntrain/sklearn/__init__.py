"""The scikit-learn estimator (extra ``sklearn``): ``NNClassifier``."""

try:
    from nntrain.sklearn.classifier import NNClassifier
except ImportError as error:
    if (error.name or "").partition(".")[0] != "sklearn":
        raise
    raise ImportError(
        "nntrain.sklearn needs scikit-learn 1.6.1 or newer: pip install 'nntrain[sklearn]'"
    ) from error

__all__ = ["NNClassifier"]
