"""A `dime` that is nothing but a secondary, in a folder of its own, with the TSIG key of the judges."""

import json
import pathlib
import re
import signal
import subprocess
import time

import name_servers
from dime_process import Failed, binary
from secondary_servers import KEY_NAME, SECRET


def run(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def until(what, is_so, patience=60):
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"not within {patience} s: {what() if callable(what) else what}")
        time.sleep(0.05)


class Copy:
    """A dime that is nothing but a secondary."""

    def __init__(self, folder, followed, primary_port, port=None):
        self.folder, self.port, self.process = pathlib.Path(folder), port or name_servers.free_port(), None
        first, *others = followed
        run(binary("dime"), "init", "--role", "secondary", "--dir", self.folder, "--copy", first, "--primary", f"127.0.0.1:{primary_port}", "--key", KEY_NAME, "--dns", f"127.0.0.1:{self.port}", "--http", "127.0.0.1:0")
        secret = self.folder / "keys/transfer.tsig"
        secret.parent.mkdir(exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(SECRET + "\n")
        path = self.folder / "dime.toml"
        text = re.sub(r"^peer = \[\]\n", "", path.read_text(), flags=re.MULTILINE)
        for zone in others:
            text += f'\n[[dns.secondary]]\nzone = "{zone}"\nprimaries = [{{ address = "127.0.0.1:{primary_port}", key = "{KEY_NAME}" }}]\n'
        text += f'\n[[dns.peer]]\nname = "judge"\naddresses = ["127.0.0.1"]\nkey = "{KEY_NAME}"\ntransfer = true\n'
        path.write_text(text)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.log = self.folder.with_suffix(".stderr").open("ab")
        self.process = subprocess.Popen([binary("dime"), "serve", "--config", self.folder / "dime.toml"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not any(line.startswith("ready ") for line in self.process.stdout):
            raise Failed(f"the secondary ended with {self.process.wait()}: {self.output()}")

    def output(self):
        return self.folder.with_suffix(".stderr").read_text()[-4000:]

    def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process.stdout.close()
            self.log.close()

    def status(self, zone):
        listed = json.loads(run(binary("dime"), "zone", "status", "--dir", self.folder, "--json"))["zones"]
        return next((found for found in listed if found["zone"] == zone), {})

    def counts(self, zone):
        return self.status(zone)["copy"]["transfers"]
