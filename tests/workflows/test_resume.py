"""The effect of other epochs when a run is resumed; the rest is tested as commands."""

import pytest

from nntrain.settings.fit import FitSettings
from nntrain.workflows.resume import schedule_note


@pytest.mark.parametrize(
    ("schedule", "epochs", "done", "noted"),
    [
        ("cosine", 4, 2, True),
        ("cosine", 2, 2, False),
        ("cosine", 4, 0, False),
        ("constant", 4, 2, False),
    ],
)
def test_only_a_schedule_under_way_is_changed_by_other_epochs(schedule, epochs, done, noted):
    before, after = (FitSettings(epochs=n, schedule=schedule) for n in (2, epochs))
    note = schedule_note(before, after, done)
    assert (note is not None) == noted
    if note:
        assert "from 2 to 4, and the cosine schedule with it" in note
