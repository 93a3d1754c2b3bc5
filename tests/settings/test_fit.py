from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.errors import SettingsError
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.settings.toml import read_toml
from nntrain.show.formatting import short_output


@pytest.mark.parametrize(
    ("name", "value"),
    [("augment", "wobbly"), ("augment", "shift=-1"), ("epochs", None), ("dataset", "\udcff")],
)
def test_values_that_no_range_excludes_are_refused_by_name(name, value):
    """Ranges and choices are tested by the walk over every setting."""
    with pytest.raises(SettingsError, match=f"^{name} = .*expected"):
        FitSettings(**{name: value})


def test_patience_needs_validation_examples():
    with pytest.raises(SettingsError, match="train_on = all leaves none"):
        FitSettings(train_on="all", patience=2)


@pytest.mark.parametrize(
    "given", ["100,30", "[100,30]", " [100, 30] ", (100, 30), [100, 30], ["100", "30"]]
)
def test_hidden_sizes_may_be_typed_or_listed(given):
    assert FitSettings(hidden=given).hidden == (100, 30)


@pytest.mark.parametrize("given", ["[100,30", "100,30]", "[]", "[[1]]", "1,,2"])
def test_sizes_that_are_not_whole_are_refused(given):
    with pytest.raises(SettingsError, match="hidden = "):
        FitSettings(hidden=given)


def test_an_output_may_be_abbreviated_unless_ambiguous():
    assert FitSettings(output="softmax").output == "softmax+log-likelihood"
    assert CompareSettings(output=["sig+q", "soft"]).output == (
        "sigmoid+quadratic",
        "softmax+log-likelihood",
    )
    words = "output = sigmoid is ambiguous: expected sigmoid.cross-entropy or sigmoid.quadratic"
    with pytest.raises(SettingsError, match=words):
        FitSettings(output="sigmoid")


@pytest.mark.parametrize("given", ["0", (), []])
def test_no_hidden_layer(given):
    assert FitSettings(hidden=given).hidden == ()


def test_text_from_the_command_line_becomes_numbers():
    settings = FitSettings(epochs="3", learning_rate="1e-3", patience="4")
    assert (settings.epochs, settings.learning_rate, settings.patience) == (3, 0.001, 4)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    texts,
    st.lists(st.integers(1, 1000), max_size=3),
    st.floats(0, 1e300),
    st.none() | st.integers(1, 99),
)
def test_toml_gives_back_the_same_settings(tmp_path_factory, data_dir, hidden, rate, patience):
    settings = FitSettings(data_dir=data_dir, hidden=hidden, learning_rate=rate, patience=patience)
    path = tmp_path_factory.mktemp("toml") / "settings.toml"
    path.write_text(to_toml(settings), encoding="utf-8", newline="")
    assert make(FitSettings, read_toml(path)) == settings


@pytest.mark.parametrize("content", [b"epochs = ", b"\xff\xfe", b"[a\n", None])
def test_a_file_that_is_missing_or_not_toml_is_a_settings_error(tmp_path, content):
    path = tmp_path / "bad.toml"
    if content is not None:
        path.write_bytes(content)
    reason = "Cannot read" if content is None else "is not a TOML settings file"
    with pytest.raises(SettingsError, match=rf"(?=.*bad\.toml).*{reason}"):
        read_toml(path)


class TestCompareSettings:
    def test_the_book_has_a_rate_for_every_output(self):
        assert CompareSettings().rates() == {
            "softmax+log-likelihood": 0.5,
            "sigmoid+cross-entropy": 0.5,
            "sigmoid+quadratic": 3.0,
        }

    @pytest.mark.parametrize(
        ("given", "rates"),
        [
            ("0.7", (0.7, 0.7, 0.7)),
            (["sigmoid+quadratic=1.5"], (0.5, 0.5, 1.5)),
            (["sigmoid+quadratic=1.5", "0.7"], (0.7, 0.7, 1.5)),
            (["0.7", "sigmoid+quadratic=1.5"], (0.7, 0.7, 1.5)),
            (["softmax=0.7", "sig+q=1.5"], (0.7, 0.5, 1.5)),
        ],
    )
    def test_a_rate_for_one_output_wins_over_one_for_all_in_any_order(self, given, rates):
        assert tuple(CompareSettings(learning_rate=given).rates().values()) == rates

    def test_a_rate_for_an_output_that_is_not_compared_is_refused(self):
        with pytest.raises(
            SettingsError, match=r"sigmoid.quadratic is not compared, only softmax"
        ):
            CompareSettings(output=["softmax"], learning_rate=["sigmoid+quadratic=1"])

    @pytest.mark.parametrize("rate", ["sigmoid=1", "x", "x=1", "=1", "sig+q=", "-1", "nan"])
    def test_a_bad_rate_is_refused(self, rate):
        with pytest.raises(SettingsError, match="learning_rate"):
            CompareSettings(learning_rate=[rate])

    def test_outputs_are_each_compared_once_in_a_fixed_order(self):
        names = list(OUTPUTS)
        chosen = CompareSettings(output=[names[2], names[0], names[2]]).outputs
        assert chosen == (names[0], names[2])

    def test_all_is_every_output_and_none_the_three_of_the_lecture(self):
        assert CompareSettings(output=["all"]).outputs == tuple(OUTPUTS)
        assert CompareSettings().outputs == tuple(OUTPUTS)[:3]
        assert CompareSettings(output=["softmax+q"]).outputs == ("softmax+quadratic",)
        assert CompareSettings(output=["softmax"]).outputs == ("softmax+log-likelihood",)

    def test_both_starts_are_the_default_and_the_saturated_one_takes_a_tenth_of_the_epochs(self):
        assert CompareSettings().starts == ("saturated", "random")
        for start in ("random", "saturated"):
            settings = CompareSettings(start=start, epochs=30)
            assert settings.starts == (start,)
            assert settings.fit_settings("softmax+log-likelihood", 0, 1, start).epochs == 30
        both = CompareSettings(epochs=30)
        epochs = [both.fit_settings("softmax+log-likelihood", 0, 1, s).epochs for s in both.starts]
        assert epochs == [3, 30]
        assert CompareSettings(epochs=2).epochs_from("saturated") == 1

    def test_short_training_runs_have_a_constant_rate(self):
        """A warm-up of two epochs would last longer than they do."""
        words = {"epochs": 10, "schedule": "cosine", "warmup_epochs": 2.0}
        both = CompareSettings(**words)
        short, whole = (both.fit_settings("sigmoid+quadratic", 0, 1, s) for s in both.starts)
        assert (short.epochs, short.schedule, short.warmup_epochs) == (1, "constant", 0)
        assert (whole.epochs, whole.schedule, whole.warmup_epochs) == (10, "cosine", 2)
        alone = CompareSettings(start="saturated", **words)
        assert alone.fit_settings("sigmoid+quadratic", 0, 1, "saturated").warmup_epochs == 2

    def test_each_training_is_a_fit_with_its_output_seed_and_rate(self):
        settings = CompareSettings(seed=4, inverse_temperature=2.0)
        quadratic = settings.fit_settings("sigmoid+quadratic", 6, 3.0)
        assert (quadratic.seed, quadratic.learning_rate) == (6, 3.0)
        assert quadratic.inverse_temperature == 1.0
        assert settings.fit_settings("softmax+log-likelihood", 6, 1).inverse_temperature == 2.0
        assert quadratic.hidden == (30,)

    def test_tuning_and_given_rates_exclude_each_other(self):
        with pytest.raises(SettingsError, match="cannot be combined"):
            CompareSettings(tune=True, learning_rate=["0.1"])


def test_without_a_learning_rate_each_output_has_its_own_and_the_help_says_which():
    (help,) = (f.metadata["spec"].help for f in fields(FitSettings) if f.name == "learning_rate")
    for name, output in OUTPUTS.items():
        assert FitSettings(output=name).rate == output.default_rate
        assert f"{output.default_rate:g} for {short_output(name)}" in help
        assert FitSettings(output=name, learning_rate=0.0).rate == 0.0
