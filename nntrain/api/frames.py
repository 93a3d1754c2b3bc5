"""Frames: results as tables of pandas, if it is installed."""

from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from pandas import DataFrame


def frame(columns: Mapping[str, Any], index: str) -> "DataFrame":
    """Return a table with these columns, the one named ``index`` as its index.

    Raises ``NntrainError`` if pandas is not installed.
    """
    table: DataFrame = _pandas().DataFrame(dict(columns)).set_index(index)
    return table


def read_csv(text: StringIO) -> "DataFrame":
    """Return a table in CSV.

    Raises ``NntrainError`` if pandas is not installed.
    """
    table: DataFrame = _pandas().read_csv(text)
    return table


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise NntrainError(
            "to_frame needs pandas, which is not installed: pip install 'nntrain[notebook]'. "
            "to_dict needs nothing."
        ) from error
    return pandas
