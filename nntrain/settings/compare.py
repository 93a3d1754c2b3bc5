"""Settings of ``nntrain compare-costs``: one training run for each output and seed."""

from dataclasses import dataclass, field, fields
from typing import Any

from nntrain.errors import SettingsError
from nntrain.settings.fields import Spec, checked, chosen, setting
from nntrain.settings.fit import OUTPUT, THREADS, FitSettings, TrainingSettings, output_names

BOTH, RANDOM, SATURATED = STARTS = ("both", "random", "saturated")
ESCAPE_SHARE = 10
"""With both starts, training from the saturated one takes a tenth of the epochs, at least one."""

ALL = "all"
COMPARED = ("softmax+log-likelihood", "sigmoid+cross-entropy", "sigmoid+quadratic")
"""The outputs that are compared if none is given: the lecture's."""

_FIELDS = {item.name: item for item in fields(TrainingSettings)}


def _like(name: str, default: Any) -> Any:
    """Return a field like ``TrainingSettings``'s, with another default."""
    return field(default=default, metadata=_FIELDS[name].metadata)


@dataclass(frozen=True, kw_only=True)
class CompareSettings(TrainingSettings):
    """Settings of ``nntrain compare-costs``: by default the book's [784, 30, 10] network."""

    output: tuple[str, ...] = setting(
        (),
        "Compare this output; repeat for several, or all. [default: all but softmax+quadratic]",
        list,
        choices=lambda: (*output_names(), ALL),
        meant=OUTPUT["meant"],
    )
    learning_rate: tuple[str, ...] = setting(
        (),
        "η for all outputs, or OUTPUT=η; repeatable [default: the book's if it gives one].",
        list,
    )
    seeds: int = setting(5, "Repetitions, each with its own seed.", int, low=1, high=1000)
    tune: bool = setting(
        False, "First choose each output's η on validation, with separate seeds.", bool
    )
    start: str = setting(
        BOTH,
        "Starting point; saturated: output neurons confident, but wrong for most digits; both: "
        "first saturated, for a tenth of the epochs at constant η, then random.",
        str,
        choices=lambda: STARTS,
    )
    threads: int | None = setting(
        None, "BLAS threads of each process [default: 1].", int, **THREADS
    )
    hidden: tuple[int, ...] = _like("hidden", (30,))
    activation: str = _like("activation", "sigmoid")
    initialisation: str = _like("initialisation", "new")
    epochs: int = _like("epochs", 10)
    batch_size: int = _like("batch_size", 10)
    momentum: float = _like("momentum", 0.0)
    schedule: str = _like("schedule", "constant")
    warmup_epochs: float = _like("warmup_epochs", 0.0)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs to compare, each once, in the order of the registry."""
        chosen = output_names() if ALL in self.output else self.output or COMPARED
        return tuple(name for name in output_names() if name in chosen)

    @property
    def starts(self) -> tuple[str, ...]:
        """Where training starts, the saturated start first."""
        return (SATURATED, RANDOM) if self.start == BOTH else (self.start,)

    def epochs_from(self, start: str) -> int:
        """Return the epochs of the training runs from ``start``, one of ``starts``."""
        return int(self._shortened(start).get("epochs", self.epochs))

    def _shortened(self, start: str) -> dict[str, Any]:
        """Return the settings by which training runs from ``start`` differ from those asked for.

        With both starts those from the saturated one are short. A warm-up or a schedule meant for
        all epochs would decide how soon they leave it, so their η is constant.
        """
        if not (self.start == BOTH and start == SATURATED):
            return {}
        epochs = max(1, self.epochs // ESCAPE_SHARE)
        return {"epochs": epochs, "schedule": "constant", "warmup_epochs": 0.0}

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds: ``seeds`` numbers from ``seed`` on."""
        return tuple(range(self.seed, self.seed + self.seeds))

    def rates(self) -> dict[str, float]:
        """Return the learning rate of each output to compare."""
        from nntrain.nn.outputs import OUTPUTS

        rates = {name: OUTPUTS[name].book_rate for name in self.outputs}
        given = self._given_rates()
        if len(dict(given)) < len(given):
            raise SettingsError(
                f"learning_rate = {' '.join(self.learning_rate)} names an output twice, or gives "
                f"two rates for all. Leave one out.",
                "learning_rate",
            )
        for name, rate in sorted(given):  # the one for all comes first
            if name and name not in rates:
                raise SettingsError(
                    f"learning_rate = {name}={rate} is not allowed: {name} is not compared, only "
                    f"{', '.join(rates)}.",
                    "learning_rate",
                )
            value = checked("learning_rate", rate, Spec("", float, low=0))
            rates.update({name: value} if name else dict.fromkeys(rates, value))
        return rates

    def _given_rates(self) -> list[tuple[str, str]]:
        """Return the given learning rates, each with its output's name, or "" for all."""
        split = [given.rpartition("=") for given in self.learning_rate]
        named = Spec("", str, **OUTPUT)
        return [
            (chosen("learning_rate", name, named) if equals else "", rate)
            for name, equals, rate in split
        ]

    def fit_settings(
        self, output: str, seed: int, learning_rate: float, start: str = RANDOM
    ) -> FitSettings:
        """Return the settings of one of the training runs, which begins at ``start``."""
        shared = {item.name: getattr(self, item.name) for item in fields(TrainingSettings)}
        from nntrain.nn.outputs import OUTPUTS

        has_temperature = OUTPUTS[output].has_temperature
        changed = {
            "output": output,
            "seed": seed,
            "learning_rate": learning_rate,
            "augment": "none",
            "inverse_temperature": self.inverse_temperature if has_temperature else 1.0,
            **self._shortened(start),
        }
        return FitSettings(**{**shared, **changed})

    def rate_origin(self, output: str) -> str:
        """Return where an output's learning rate comes from."""
        if self.tune:
            return "tuned"
        from nntrain.nn.outputs import OUTPUTS

        given = {output, ""} & dict(self._given_rates()).keys()
        return "given" if given else OUTPUTS[output].rate_origin

    def __post_init__(self) -> None:
        """Check the learning rates too."""
        super().__post_init__()
        self.rates()
        if self.tune and self.learning_rate:
            raise SettingsError(
                "tune and learning_rate cannot be combined: tune chooses the rates on validation. "
                "Leave one out."
            )
