"""The OpenAPI description judged by openapi-spec-validator, and the API judged against it by schemathesis."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from openapi_spec_validator import validate

import dime_process
from dime_process import Dime

CONFIG = pathlib.Path(__file__).with_name("schemathesis.toml")


def schemathesis(dime, who, headers, examples):
    """Runs `schemathesis run` in a folder of its own and gives its exit code."""
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    with tempfile.TemporaryDirectory() as scratch:
        arguments = [program, "--config-file", CONFIG, "run", f"{dime.http}/openapi.json", "--max-examples", str(examples), "--no-color", "--generation-deterministic"]
        for name, value in headers.items():
            arguments += ["--header", f"{name}: {value}"]
        print(f"--- schemathesis as {who}", flush=True)
        return subprocess.run(arguments, cwd=scratch, env={**os.environ, "COLUMNS": "160"}).returncode


def main():
    parser = argparse.ArgumentParser(description="Judge the HTTP API by its own description.")
    parser.add_argument("--examples", type=int, default=30, help="examples for each operation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, Dime(pathlib.Path(scratch) / "data") as dime:
        with urllib.request.urlopen(f"{dime.http}/openapi.json") as reply:
            validate(json.load(reply))
        dime.load(20, 4)
        token = dime.token_file.read_text().strip()
        codes = [
            schemathesis(dime, "anybody", {}, arguments.examples),
            schemathesis(dime, "a manager", {"authorization": f"Bearer {token}"}, arguments.examples),
        ]
        if dime.process.poll() is not None:
            print(f"FAILED: dime ended with {dime.process.returncode}", file=sys.stderr)
            return 1
        return 1 if any(codes) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except dime_process.Failed as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
