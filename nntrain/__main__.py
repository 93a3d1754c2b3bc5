"""The ``nntrain`` command, which is ``python -m nntrain`` too."""

import sys


def main() -> None:
    """Run the command line; a signal while it is still loaded is no traceback either."""
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
