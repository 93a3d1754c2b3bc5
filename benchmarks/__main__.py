"""``python -m benchmarks COMMAND``: each command is loaded when it runs.

Some set the number of BLAS threads before NumPy is loaded, so only one is imported.
"""

from importlib import import_module

import click

COMMANDS = {
    "peers": "benchmarks.peers.command",
    "time-to-accuracy": "benchmarks.time_to_accuracy",
    "classifiers": "benchmarks.classifiers",
    "memory": "benchmarks.memory",
    "startup": "benchmarks.startup",
    "scaling": "benchmarks.scaling",
    "synthetic": "benchmarks.synthetic",
    "pictures": "benchmarks.pictures",
    "kills": "benchmarks.kills",
    "soak": "benchmarks.soak",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return import_module(COMMANDS[name]).command if name in COMMANDS else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure nntrain: its speed against its peers, its memory, its start-up, its scaling."""


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
