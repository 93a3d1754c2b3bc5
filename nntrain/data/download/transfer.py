"""Part: the bytes of a file so far, and how the body of an answer is added to them."""

import hashlib
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from nntrain.data.download.progress import DownloadReport, Patience
from nntrain.data.faults import MirrorFault, fault_of
from nntrain.data.files import disk_errors

_BLOCK_BYTES = 1 << 16
_SMALL_BYTES = 1 << 10


class Part:
    """A file so far: its bytes on the disk, their count and their SHA-256."""

    def __init__(
        self, file: BinaryIO, path: Path, size_bytes: int, sha256: str, report: DownloadReport
    ) -> None:
        self.file, self.path = file, path
        self.size_bytes, self.sha256, self.report = size_bytes, sha256, report
        self.begin()

    def begin(self) -> None:
        """Forget whatever arrived."""
        with disk_errors("write", self.path):
            self.file.seek(0)
            self.file.truncate()
        self.count_bytes, self.digest = 0, hashlib.sha256()
        self.report.start(self.path.name, self.size_bytes)

    @property
    def missing_bytes(self) -> int:
        """How many bytes are still to come."""
        return self.size_bytes - self.count_bytes

    def add(self, piece: bytes) -> None:
        """Append a piece, unless it makes the file longer than it should be."""
        if len(piece) > self.missing_bytes:
            raise MirrorFault(f"wrong size: expected {self.size_bytes} bytes, got more")
        with disk_errors("write", self.path):
            self.file.write(piece)
        self.digest.update(piece)
        self.count_bytes += len(piece)
        self.report.advance(len(piece))

    def verify(self) -> None:
        """Raise a fault unless the bytes are the expected ones."""
        if (got := self.digest.hexdigest()) != self.sha256:
            raise MirrorFault(f"wrong content: expected SHA-256 {self.sha256}, got {got}")


def read_body(raw: Any, part: Part, patience: Patience) -> None:
    """Add the body to ``part`` piece by piece as it arrives, at no less than the least speed.

    ``raw`` is urllib3's response. Raises MirrorFault if the body is too long, too short, too
    slow or breaks off, and DatasetError if the disk refuses.
    """
    began, before = time.monotonic(), part.count_bytes
    latest_s = patience.grace_s + (part.size_bytes - before) / patience.min_bytes_per_s

    def check_speed() -> None:
        elapsed_s = time.monotonic() - began
        received = part.count_bytes - before
        if elapsed_s > patience.grace_s and received < patience.min_bytes_per_s * elapsed_s:
            raise MirrorFault(
                f"too slow: {received} bytes in {elapsed_s:.1f} s, "
                f"expected at least {patience.min_bytes_per_s:.0f} a second"
            )

    # The last resort against what the read timeout does not see within one read, such as the
    # size line of a chunk that comes byte by byte. (urllib3 before 2.3 has no shutdown.)
    watchdog = threading.Timer(latest_s, getattr(raw, "shutdown", raw.close))
    watchdog.daemon = True
    watchdog.start()
    try:
        # One byte more than is missing: whatever is too long shows itself there.
        while piece := _some(raw, min(_BLOCK_BYTES, part.missing_bytes + 1)):
            part.add(piece)
            if part.missing_bytes:
                check_speed()
        if part.missing_bytes:
            raise MirrorFault(
                f"cut short: expected {part.size_bytes} bytes, got {part.count_bytes}",
                passing=True,
            )
    except MirrorFault as fault:
        if fault.passing and not part.missing_bytes:
            return  # Whole, though the mirror never said so; the hash decides.
        if fault.passing:
            check_speed()
        raise
    finally:
        watchdog.cancel()


def _some(raw: Any, limit_bytes: int) -> bytes:
    """Return the next bytes of the body, at least one unless it is over, as the mirror sent them.

    Not ``iter_content``: it waits until a whole block is there, however slowly it comes.
    (urllib3 1 has no read1; there, small reads wait for little.)
    """
    try:
        if hasattr(raw, "read1"):
            piece: bytes = raw.read1(limit_bytes, decode_content=False)
        else:
            piece = raw.read(min(limit_bytes, _SMALL_BYTES), decode_content=False)
    except Exception as error:
        raise fault_of(error) from error
    return piece
