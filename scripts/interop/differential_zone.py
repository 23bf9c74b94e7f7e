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
    lines = pathlib.Path(path).read_text().splitlines()
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


def main():
    parser = argparse.ArgumentParser(description="Differential DNS test of a whole zone.")
    parser.add_argument("--dets", type=int, default=10_000)
    parser.add_argument("--missing", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folder = pathlib.Path(scratch)
        dime = stack.enter_context(Dime(folder / "data"))
        print(dime.load(arguments.dets, 16))
        generic, native = [], []
        for number, zone in enumerate(zone_names(int(dime.ready["raa"]), int(dime.ready["hda"]))):
            generic.append((zone, dime.export(zone, folder / f"generic-{number}.zone", True)))
            native.append((zone, dime.export(zone, folder / f"native-{number}.zone", False)))
            check("named-checkzone", "-i", "local", zone, native[-1][1])
            check("named-checkzone", "-i", "local", zone, generic[-1][1])
            check("nsd-checkzone", zone, generic[-1][1])
            check("kzonecheck", "-o", zone, generic[-1][1])
        if not is_sensitive(generic, folder):
            print("FAILED: a changed record was not noticed", file=sys.stderr)
            return 1
        bind = stack.enter_context(name_servers.Daemon("named", folder, native))
        nsd = stack.enter_context(name_servers.Daemon("nsd", folder, generic))
        knot = stack.enter_context(name_servers.Daemon("knotd", folder, generic))
        servers = [("dime", dime.dns), ("bind", bind.address), ("nsd", nsd.address), ("knot", knot.address)]
        return 1 if differential_dns.compare([path for _, path in generic], servers, arguments.missing) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (dime_process.Failed, name_servers.Failed, differential_dns.Unanswered) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
