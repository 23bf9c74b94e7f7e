"""Fills a dime with DETs, exports its zones, serves them with BIND (native form) and NSD and Knot (generic form), and compares all answers.

Before it judges dime, it shows that it can find a difference: one record changed in a zone that Knot serves has to be noticed.
"""

import argparse
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile

import differential_dns
import dime_process
import name_servers
from dime_process import Dime, zone_names


def check(program, *arguments):
    """A zone checker's opinion."""
    done = subprocess.run([name_servers.program(program), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise dime_process.Failed(f"{program}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


def is_sensitive(files, folder):
    """A changed record is seen: the last octet of one record's data differs."""
    zone, path = files[-1]
    lines = pathlib.Path(path).read_text().splitlines()[:200]
    path = folder / "short.zone"
    path.write_text("\n".join(lines) + "\n")
    index = max(number for number, line in enumerate(lines) if "\\#" in line)
    lines[index] = lines[index][:-1] + ("0" if lines[index][-1] != "0" else "1")
    other = folder / "changed.zone"
    other.write_text("\n".join(lines) + "\n")
    with contextlib.ExitStack() as stack:
        right = stack.enter_context(name_servers.Daemon("nsd", folder / "right", [(zone, path)]))
        wrong = stack.enter_context(name_servers.Daemon("knotd", folder / "wrong", [(zone, other)]))
        silent = io.StringIO()
        with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
            return differential_dns.compare([path], [("nsd", right.address), ("knot", wrong.address)], missing=100) > 0


def compare(dime, zones, folder, missing):
    """`zones` is a list of (zone, generic file, native file), which the server at `dime` has exported. The number of differences."""
    for zone, generic, native in zones:
        check("named-checkzone", "-i", "none", zone, native)
        check("named-checkzone", "-i", "none", zone, generic)
        check("nsd-checkzone", zone, generic)
        check("kzonecheck", "-o", zone, generic)
    generic = [(zone, path) for zone, path, _ in zones]
    native = [(zone, path) for zone, _, path in zones]
    if not is_sensitive(generic, folder):
        print("FAILED: a changed record was not noticed", file=sys.stderr)
        return 1
    with contextlib.ExitStack() as stack:
        bind = stack.enter_context(name_servers.Daemon("named", folder, native))
        nsd = stack.enter_context(name_servers.Daemon("nsd", folder, generic))
        knot = stack.enter_context(name_servers.Daemon("knotd", folder, generic))
        servers = [("dime", dime), ("bind", bind.address), ("nsd", nsd.address), ("knot", knot.address)]
        return differential_dns.compare([path for _, path in generic], servers, missing)


def main():
    parser = argparse.ArgumentParser(description="Differential DNS test of whole zones: of a dime of its own, or of a server that runs.")
    parser.add_argument("--dets", type=int, default=10_000, help="how many DETs to register with a dime of its own")
    parser.add_argument("--missing", type=int, default=10_000, help="how many names that do not exist to ask of each zone")
    parser.add_argument("--serving", help="address:port of a server that runs")
    parser.add_argument("--exported", help="folder with its zones, as files ZONE.generic and ZONE.native; the largest is made wrong once")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folder = pathlib.Path(scratch)
        if arguments.serving:
            exported = sorted(pathlib.Path(arguments.exported).glob("*.generic"), key=lambda path: path.stat().st_size)
            zones = [(path.stem, path, path.with_suffix(".native")) for path in exported]
            return 1 if compare(arguments.serving, zones, folder, arguments.missing) else 0
        dime = stack.enter_context(Dime(folder / "data"))
        print(dime.load(arguments.dets, 16))
        zones = []
        for zone in zone_names(int(dime.ready["raa"]), int(dime.ready["hda"])):
            files = [dime.export(zone, folder / f"{zone}{form}", form == "generic") for form in ("generic", "native")]
            zones.append((zone, *files))
        return 1 if compare(dime.dns, zones, folder, arguments.missing) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (dime_process.Failed, name_servers.Failed, differential_dns.Unanswered) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
