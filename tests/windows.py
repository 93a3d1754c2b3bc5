"""Commands on a system without what Windows lacks, as far as Linux can simulate that.

``sys.platform`` says win32. Modules, functions and signals of POSIX are gone, ``msvcrt`` locks. In
the working directory no link is made, no folder opened, and no name made that Windows refuses; no
file is removed or replaced that this process has open or mapped. Output is in cp1252. What is not
here: paths of Windows (``os.name`` is as it was), its consoles, its processes.

``python -X warn_default_encoding -m tests.windows`` reads a JSON list of commands from stdin and
writes a list of (exit code, stdout, stderr). A process that a command starts imports this module
too, and so lacks the same.
"""

import errno
import fcntl
import io
import json
import mmap
import multiprocessing.popen_spawn_posix
import multiprocessing.queues
import multiprocessing.resource_tracker
import multiprocessing.synchronize
import os
import platform
import shutil
import signal
import sys
import sysconfig
import traceback
import types
import warnings
from concurrent.futures import process  # noqa: F401
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path

ASK_ONCE = ("click.shell_completion", "numpy", "requests", "rich.console", "rich.progress")
MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
OF_OS = """
    O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_SYNC O_TMPFILE chown chroot fchmod fchown fork
    forkpty getegid geteuid getgid getloadavg getpgid getuid killpg lchown mkfifo nice
    posix_fadvise posix_fallocate posix_spawn pread preadv pwrite sched_getaffinity
    sched_setaffinity sendfile setsid statvfs sync sysconf uname wait
"""
OF_SIGNAL = """
    ITIMER_REAL SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 SIGWINCH
    SIG_BLOCK SIG_SETMASK alarm pause pthread_kill pthread_sigmask setitimer siginterrupt sigwait
"""
OF_MMAP = " ".join(name for name in dir(mmap) if name.startswith(("MADV_", "MAP_")))
RESERVED = {"AUX", "CON", "NUL", "PRN", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123")}


def pretend():
    """Remove from this process what Windows lacks."""
    for name in ASK_ONCE:
        import_module(name)
    platform.platform()
    sysconfig.get_config_vars()
    multiprocessing.resource_tracker._HAVE_SIGMASK = False
    multiprocessing.synchronize.sys = types.SimpleNamespace(**vars(sys))  # it asks each time
    # a pipe of Windows needs no lock for writing, this system's does
    multiprocessing.queues.sys = multiprocessing.synchronize.sys
    shutil._use_fd_functions = False
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=_locking)
    sys.modules.update(dict.fromkeys(MODULES))
    for module, names in ((os, OF_OS), (signal, OF_SIGNAL), (mmap, OF_MMAP)):
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    sys.platform = "win32"
    sys.addaudithook(_refuse)


def _locking(descriptor, mode, _):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


def _refuse(event, arguments):
    """Raise what Windows would raise before an operation on a file."""
    if event == "open":
        path, mode, flags = arguments
        made = (isinstance(mode, str) and mode[0] in "wxa") or flags & (os.O_WRONLY | os.O_RDWR)
        if _here(path) and os.path.isdir(path):  # noqa: PTH112
            raise PermissionError(errno.EACCES, "Permission denied", path)
        _check_name(path, made)
    elif event == "os.mkdir":
        _check_name(arguments[0], True)
    elif event == "os.symlink":
        raise OSError(errno.EPERM, "A required privilege is not held by the client", arguments[1])
    elif event in ("os.remove", "os.rename"):
        for path in arguments[: 1 + (event == "os.rename")]:
            if _here(path) and _is_open(path):
                reason = "The process cannot access the file because it is being used"
                raise PermissionError(errno.EACCES, reason, str(path))


def _here(path):
    return isinstance(path, str | Path) and Path(path).absolute().is_relative_to(Path.cwd())


def _check_name(path, made):
    if made and _here(path):
        name = Path(path).name
        if set(name) & set('<>:"|?*') or name.partition(".")[0].upper() in RESERVED:
            raise OSError(
                errno.EINVAL, "The filename, directory name, or label is incorrect", path
            )


def _is_open(path):
    path = os.path.realpath(path)
    descriptors = (os.path.realpath(entry.path) for entry in os.scandir("/proc/self/fd"))
    return path in descriptors or f" {path}\n" in Path("/proc/self/maps").read_text("utf-8")


def command(words):
    """Run a command; return its exit code, what it wrote to stdout, and to stderr."""
    from nntrain.__main__ import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "cp1252", newline="\r\n") for _ in range(2))
    sys.argv = ["nntrain", *words]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code
        except BaseException:
            code = traceback.format_exc()
    return code, *(stream.buffer.getvalue().decode("cp1252") for stream in (out, err))


pretend()
if __name__ == "__main__":
    warnings.filterwarnings("error", category=EncodingWarning, module="nntrain")
    from nntrain.storage import mapped

    mapped.LARGE_FILE_BYTES = 1000
    print(json.dumps([command(words) for words in json.load(sys.stdin)]))
