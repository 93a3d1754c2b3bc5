"""What a training run that fails leaves behind: an error that helps, the estimator as before."""

from collections.abc import Iterator
from contextlib import contextmanager

from nntrain.errors import DivergenceError, SettingsError


@contextmanager
def all_or_nothing(estimator: object) -> Iterator[None]:
    """Give ``estimator`` back the attributes it had if anything is raised, Ctrl-C included."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


@contextmanager
def value_errors() -> Iterator[None]:
    """Raise a ``SettingsError`` as the ``ValueError`` that scikit-learn expects."""
    try:
        yield
    except SettingsError as error:
        raise ValueError(str(error)) from error


@contextmanager
def advice() -> Iterator[None]:
    """Add to a ``DivergenceError`` what helps with large features."""
    try:
        yield
    except DivergenceError as error:
        raise DivergenceError(f"{error} Or standardise the features (StandardScaler).") from error
