"""The ``nntrain`` command, also run as ``python -m nntrain``."""

import sys


def main() -> None:
    """Run the command line; a signal during loading ends it without a traceback."""
    try:
        from nntrain.cli import signals

        signals.begin()
        from nntrain.cli.main import main as command

        command()
    except KeyboardInterrupt:
        print("Error: Interrupted.", file=sys.stderr)
        sys.exit(130)
    except EOFError as error:
        from nntrain.cli import damage

        sys.exit(f"Error: {damage.explain(error)}")


if __name__ == "__main__":
    main()
