"""`serve_synthetic` (an example of dime-dns) as a process of a measurement's own: dime's name server over made-up DETs, steered by lines."""

import json
import os
import pathlib
import subprocess
import time

import dime_process


def program():
    """The example, beside the programs of this workspace."""
    path = dime_process.binary("dime-dns-load").parent / "examples" / "serve_synthetic"
    if not path.is_file():
        raise dime_process.Failed(f"{path} is missing: run `cargo build --release -p dime-dns --example serve_synthetic` first")
    return path


class Synthetic:
    """A running name server with so many DETs."""

    kind = "dime"

    def __init__(self, dets, threads=1, options=(), prefix=()):
        started = time.monotonic()
        arguments = [*prefix, program(), str(dets), "--threads", str(threads), *map(str, options)]
        environment = {**os.environ, "RUST_BACKTRACE": "1"}
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.said = {}
        for line in self.process.stdout:
            self.said |= dict(part.split("=", 1) for part in line.split() if "=" in part)
            if line.startswith("ready "):
                break
        else:
            raise dime_process.Failed(f"serve_synthetic ended with {self.process.wait()}")
        self.seconds_to_ready = time.monotonic() - started
        self.address = self.said["dns"]

    def change(self, rate):
        """So many changes a second from now on."""
        self.process.stdin.write(f"change {rate}\n")
        self.process.stdin.flush()

    def report(self):
        """What was changed and checked so far."""
        self.process.stdin.write("report\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
