"""The sections of a command's help, and the order of the options in each."""

import click

SECTIONS = {
    "Common": (
        *("vary", "seeds", "tune", "start", "neuron", "only_list"),
        *("hidden", "output", "epochs", "learning_rate", "dataset", "seed", "jobs"),
        *("split", "calibrate", "label_errors", "name", "resume", "dry_run", "full", "help"),
    ),
    "Network": ("activation", "initialisation", "inverse_temperature", "dtype"),
    "Training": (
        *("batch_size", "momentum", "schedule", "warmup_epochs", "step_epochs", "step_factor"),
        *("patience", "engine", "threads", "cluster"),
    ),
    "Regularisation": (
        *("augment", "weight_decay", "dropout", "input_dropout", "max_norm"),
        *("label_smoothing", "average_epochs"),
    ),
    "Data": ("train_size", "train_on", "data_dir", "mirrors", "offline"),
    "Output": (
        *("sections", "as_json", "csv", "predictions", "svg", "no_report", "quiet"),
        "verbose",
        *("runs_dir", "overwrite"),
    ),
}
"""The options of each section, by parameter name, in the order of the help."""


class Sectioned(click.Command):
    """A command whose help groups the options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options below the headings of their sections."""
        options: dict[str | None, click.Parameter | None] = {p.name: p for p in self.params}
        options["help"] = self.get_help_option(ctx)
        for title, names in SECTIONS.items():
            shown = [option for name in names if (option := options.get(name))]
            if records := [record for one in shown if (record := one.get_help_record(ctx))]:
                with formatter.section(title):
                    formatter.write_dl(records)
