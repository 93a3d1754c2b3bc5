"""Explain a file that ends unexpectedly: usually truncated byte code.

A full disk or a file size limit can leave half a ``.pyc`` file in a ``__pycache__`` folder. Every
later import of that module raises ``EOFError``, which click would take for Ctrl-D at a prompt.
"""

from pathlib import Path


def explain(error: EOFError) -> str:
    """Return what to tell the user: which file is damaged, and how to repair it."""
    path = _byte_code(error)
    if path is None:
        return f"A file ends too early ({error or 'unexpected end'}). Please report this as a bug."
    return (
        f"The installation is damaged: {path} is incomplete. Delete the folder {path.parent} "
        f"(Python writes it again), or reinstall nntrain."
    )


def _byte_code(error: EOFError) -> Path | None:
    """Return the byte code file whose import failed; None for any other error."""
    path, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename.startswith("<frozen importlib"):
            path = frame.tb_frame.f_locals.get("bytecode_path") or path
        frame = frame.tb_next
    return Path(path) if path else None
