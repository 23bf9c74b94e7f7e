"""`scripts/bench instructions`: machine instructions that one query costs, from its octets to the response's, counted by callgrind.

Unlike time, instructions do not depend on what else the machine does: a rise is in the code. `testdata/bench.json` has what they were;
more than a tenth above it, for any kind of query, fails. `--write` writes the file anew.

The example `answer_fixed` of dime-dns is built in the profile `dev`, whose dependencies are there already when the tests have been built,
but with optimisation and without the checks of that profile for the crates a query passes through. That is not the release build, which
optimises across crates: there a query costs less, and the two rise together.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import dime_process
import name_servers

KEPT = dime_process.ROOT / "testdata" / "bench.json"
OPTIMISED = ["dime-dns", "dime-zone", "drip-wire", "drip-det", "drip-cbor"]
QUERIES = 500
# What a count may be above the one that is kept.
MARGIN = 1.10


def build():
    """The example, and where it lies."""
    options = []
    for crate in OPTIMISED:
        for setting in ("opt-level=3", "debug-assertions=false", "overflow-checks=false", "codegen-units=4", "incremental=false"):
            options += ["--config", f"profile.dev.package.{crate}.{setting}"]
    command = ["cargo", "build", "--locked", "--workspace", "--example", "answer_fixed", "--message-format=json-render-diagnostics", *options]
    done = subprocess.run(command, cwd=dime_process.ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise dime_process.Failed("the example answer_fixed was not built")
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "answer_fixed":
            return message["executable"]
    raise dime_process.Failed("cargo did not say where answer_fixed is")


def count(program):
    """Instructions a query, by kind."""
    with tempfile.TemporaryDirectory(prefix="callgrind-") as scratch:
        out = pathlib.Path(scratch) / "out"
        command = [name_servers.program("valgrind"), "--tool=callgrind", f"--callgrind-out-file={out}", program, str(QUERIES)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise dime_process.Failed(f"{' '.join(command)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
        command = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", "--show=Ir", str(out)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        # The sum over all of a kind's queries stands beside the function that asks them.
        match = re.match(r"\s*([\d,]+)\s.*\bmeasured_([a-z_]+)", line)
        if match:
            found[match[2]] = max(found.get(match[2], 0), int(match[1].replace(",", "")))
    if not found:
        raise dime_process.Failed("callgrind saw none of the functions that ask")
    return {kind: round(sum_of_all / QUERIES) for kind, sum_of_all in sorted(found.items())}


def compiler():
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench instructions", description="Instructions a query.")
    parser.add_argument("--write", action="store_true", help="keep what is counted now")
    arguments = parser.parse_args()
    found = count(build())
    if arguments.write:
        KEPT.write_text(json.dumps({"rustc": compiler(), "instructions_per_query": found}, indent=2) + "\n")
    kept = json.loads(KEPT.read_text())
    before, faults = kept["instructions_per_query"], []
    for kind in sorted(before.keys() | found.keys()):
        if kind not in before or kind not in found:
            faults.append(f"{kind} is in one only of testdata/bench.json and the example")
            continue
        change = found[kind] / before[kind]
        print(f"{kind:<16} {found[kind]:>8,} instructions a query, {before[kind]:>8,} before ({100 * (change - 1):+.1f} %)")
        if change > MARGIN:
            faults.append(f"{kind} costs {100 * (change - 1):.1f} % more instructions than testdata/bench.json says")
    if kept["rustc"] != compiler():
        print(f"counted with {compiler()}, kept with {kept['rustc']}")
    for fault in faults:
        print(f"FAILED: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (dime_process.Failed, name_servers.Failed) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
