"""Has tshark, which shares no code with us, judge the generated captures."""

import subprocess
import tempfile
from pathlib import Path

from . import containers

CHECKSUMS = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
             "-o", "udp.check_checksum:TRUE", "-o", "wlan.check_checksum:TRUE"]
# tshark calls WhatsApp's 106-byte STUN, Microsoft's unpadded attributes and Skype's empty TLS records
# malformed in real captures as well: those are the point of the cases that hold them.
BAD = ("(_ws.malformed && !(stun.length & 3) && !(tls.record.length == 0)) || "
       "stun.att.crc32.status == 0 || ip.checksum.status == 0 || tcp.checksum.status == 0 || "
       "udp.checksum.status == 0 || icmp.checksum.status == 0 || gre.checksum.status == 0 || "
       "wlan.fcs.status == 0")


def inputs(folder: Path) -> list[Path]:
    """The capture files of a case."""
    if (folder / "input").is_dir():
        return sorted(path for path in (folder / "input").iterdir() if path.is_file())
    return sorted(folder.glob("input.*"))


def _matches(path: Path, expression: str) -> list[str]:
    """Frame numbers that match, by tshark, which reads gz, zst and lz4 itself but not xz."""
    with tempfile.NamedTemporaryFile() as plain:
        if path.suffix == ".xz":
            plain.write(containers.UNPACK[".xz"](path.read_bytes()))
            plain.flush()
            path = Path(plain.name)
        command = ["tshark", "-n", *CHECKSUMS, "-r", str(path), "-Y", expression,
                   "-T", "fields", "-e", "frame.number"]
        return subprocess.run(command, capture_output=True, text=True).stdout.split()


def complaints(name: str, entry, folder: Path) -> list[str]:
    files = inputs(folder)
    found = []
    for path in files:
        bad = _matches(path, BAD)
        if bad:
            found.append(f"{name}/{path.name}: malformed or bad checksum in frames {' '.join(bad[:9])}")
    for expression in entry.tshark:
        if not any(_matches(path, expression) for path in files):
            found.append(f"{name}: no packet matches {expression}")
    return found
