"""A `dime` process of a judge's own: `quickstart` in a scratch folder, filled over HTTP by `dime-load`, its zones exported."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A program that did not do what it was asked to."""


def binary(name):
    """A program of this workspace: `DIME_BIN` says where the first is, and the others are beside it."""
    path = pathlib.Path(os.environ.get("DIME_BIN") or ROOT / "target/debug/dime")
    path = (path if path.is_absolute() else ROOT / path).with_name(name)
    if not path.is_file():
        raise Failed(f"{path} is missing: run `cargo build -p dime -p dime-tests` first")
    return path


class Dime:
    """A running server."""

    def __init__(self, folder, prefix=(), raa=None, origin=None):
        self.folder = pathlib.Path(folder)
        addresses = ["--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        options = [*(["--raa", str(raa)] if raa else []), *(["--public-origin", origin] if origin else [])]
        self.command = [*prefix, binary("dime"), "quickstart", "--dir", self.folder, *addresses, *options]
        self.start()

    def start(self):
        """Starts and waits until it is ready."""
        self.log = self.folder.with_suffix(".stderr").open("ab")
        started = time.monotonic()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.ready = dict(part.split("=", 1) for part in line.split()[1:])
                break
        else:
            raise Failed(f"dime ended with {self.process.wait()}: {self.folder.with_suffix('.stderr').read_text()}")
        self.seconds_to_ready = time.monotonic() - started
        self.dns, self.http = self.ready["dns"], self.ready["http"].rstrip("/")

    @property
    def token_file(self):
        return self.folder / "manager.token"

    def get(self, path):
        request = urllib.request.Request(self.http + path, headers={"authorization": f"Bearer {self.token_file.read_text().strip()}"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def load(self, count, clients, dets=None):
        """Registers sessions and gives what `dime-load` measured."""
        arguments = [binary("dime-load"), "--http", self.http, "--token", self.token_file, "--count", str(count), "--clients", str(clients)]
        if dets is not None:
            arguments += ["--dets", dets]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"dime-load: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def export(self, zone, path, generic):
        """Writes a zone's master file."""
        arguments = [binary("dime"), "zone", "export", zone, "--dir", self.folder, *(["--generic"] if generic else [])]
        with pathlib.Path(path).open("wb") as file:
            done = subprocess.run(arguments, stdout=file, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"zone export {zone}: {done.stderr[-2000:]}")
        return path

    def configure(self, change):
        """Rewrites the configuration by a function of its text, and starts again with it."""
        self.stop()
        path = self.folder / "dime.toml"
        before = path.read_text()
        after = change(before)
        if after == before:
            raise Failed(f"{path}: nothing was changed")
        path.write_text(after)
        self.start()

    def resident(self):
        """Resident memory in octets."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise Failed("no VmRSS")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def zone_names(raa, hda):
    """The RAA's four zones and the HDA's zone (RFC 9886 section 2)."""
    raas = [".".join(reversed(f"{raa << 2 | block:04x}")) + ".3.0.0.1.0.0.2.ip6.arpa." for block in range(4)]
    hda_zone = ".".join(reversed(f"{hda & 0xFFF:03x}")) + "." + raas[hda >> 12]
    return [*raas, hda_zone]
