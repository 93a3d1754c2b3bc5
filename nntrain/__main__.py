"""``python -m nntrain`` is the ``nntrain`` command."""

from nntrain.cli.main import main

if __name__ == "__main__":
    main()
