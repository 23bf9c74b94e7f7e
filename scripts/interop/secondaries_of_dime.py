"""`dime serve` itself as the primary: sessions registered and revoked over HTTP, zones of the RAA and the HDA signed with NSEC, followed by Knot, NSD and BIND."""

import ipaddress
import json
import re
import signal
import subprocess
import time
import urllib.request

import dns.rcode

import name_servers
from dime_process import Dime, binary, zone_names
from secondaries import KINDS, Failed, await_serials, same_records, tell_times
from secondary_servers import CATALOG, KEY_NAME, SECRET, SOURCES, Secondary, ask, serial

REGISTRATIONS = 40
REVOCATIONS = 15


class Served:
    """`dime serve` with a configuration."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder.with_suffix(".stderr").open("ab")
        self.process = subprocess.Popen([binary("dime"), "serve", "--config", folder / "dime.toml"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.ready = dict(part.split("=", 1) for part in line.split()[1:])
                break
        else:
            raise Failed(f"dime serve ended with {self.process.wait()}: {folder.with_suffix('.stderr').read_text()[-3000:]}")
        self.http = self.ready["http"].rstrip("/")
        self.token = (folder / "manager.token").read_text().strip()

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.http + path, data=data, headers=headers)) as reply:
            return reply.read().decode()

    def load(self, count, dets):
        arguments = [binary("dime-load"), "--http", self.http, "--token", self.folder / "manager.token", "--count", str(count), "--clients", "4", "--dets", dets]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"dime-load: {done.stderr[-2000:]}")

    def transfers(self):
        found = re.findall(r'^dime_dns_transfers_total\{kind="(\w+)"\} (\d+)', self.call("/metrics"), re.MULTILINE)
        return {kind: int(count) for kind, count in found}

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


def configure(folder, port, notify):
    """The quickstart's configuration with peers, a catalogue, and signed zones of HDAs."""
    path = folder / "dime.toml"
    text = path.read_text()
    for pattern, value in [
        (r"^(\[dns\]\n(?:[^\[].*\n)*?listen = ).*$", rf'\g<1>["127.0.0.1:{port}"]'),
        (r"^(\[http\]\n(?:[^\[].*\n)*?listen = ).*$", r'\g<1>"127.0.0.1:0"'),
        (r"^hda = .*$", 'hda = "nsec"'),
        (r"^catalog = .*$", f'catalog = "{CATALOG}"'),
        (r"^tsig = \[\]\n", ""),
        (r"^peer = \[\]\n", ""),
    ]:
        text, count = re.subn(pattern, value, text, count=1, flags=re.MULTILINE)
        if count != 1:
            raise Failed(f"{path} has nothing like {pattern}:\n{text}")
    text += f'\n[[dns.tsig]]\nname = "{KEY_NAME}"\nsecret_file = "transfer.tsig"\n'
    # The judge itself.
    text += f'\n[[dns.peer]]\nname = "judge"\naddresses = ["127.0.0.1"]\nkey = "{KEY_NAME}"\ntransports = ["udp", "tcp"]\ntransfer = true\n'
    for name, port in notify.items():
        text += f'\n[[dns.peer]]\nname = "{name}"\naddresses = ["{SOURCES.get(name, "127.0.0.1")}"]\nkey = "{KEY_NAME}"\ntransports = ["udp", "tcp"]\ntransfer = true\nnotify = "127.0.0.1:{port}"\n'
    path.write_text(text)
    secret = folder / "transfer.tsig"
    secret.touch(mode=0o600)
    secret.write_text(SECRET + "\n")
    for arguments in (["config", "check", path],):
        run(binary("dime"), *arguments)


def run(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def verify(zone, port, folder):
    """dnssec-verify's opinion of a zone as a secondary has it: every signature, and a whole NSEC chain."""
    path = folder / f"verify-{zone}txt"
    text = run("dig", "@127.0.0.1", "-p", port, "+noall", "+answer", "+onesoa", zone, "AXFR")
    path.write_text("".join(line + "\n" for line in text.splitlines() if not line.startswith(";")))
    run(name_servers.program("dnssec-verify"), "-q", "-o", zone, path)


def serials(zones, port):
    found = {zone: serial(zone, port) for zone in zones}
    if None in found.values():
        raise Failed(f"dime does not serve {found}")
    return found


def judge(folder, stack):
    data = folder / "data"
    with Dime(data) as dime:
        zones = zone_names(int(dime.ready["raa"]), int(dime.ready["hda"]))
    port = name_servers.free_port()
    secondaries = [Secondary(kind, folder / "real", port, zones) for kind in KINDS]
    for one in secondaries:
        stack.callback(one.stop)
    configure(data, port, {one.kind: one.port for one in secondaries})
    run(binary("dime"), "dnssec", "keygen", "--dir", data, zones[-1])
    holder = [Served(data)]
    stack.callback(lambda: holder[0].stop())
    for one in secondaries:
        one.start()
    await_serials(serials(zones, port), secondaries)
    before = holder[0].transfers()
    listed = folder / "dets.txt"
    holder[0].load(REGISTRATIONS, listed)
    dets = listed.read_text().split()
    await_serials(serials(zones, port), secondaries)
    count = same_records(port, zones, secondaries)
    after = holder[0].transfers()
    if after.get("ixfr", 0) - before.get("ixfr", 0) < 3:
        raise Failed(f"registrations were to go out by IXFR: {before} then {after}")
    for one in secondaries:
        verify(zones[-1], one.port, folder)
    print(f"dime serve: {len(dets)} registrations in {after['ixfr'] - before.get('ixfr', 0)} IXFR, {count} records alike, signatures and NSEC chain good on all", flush=True)

    stands = json.loads(run(binary("dime"), "zone", "status", zones[-1], "--json", "--dir", data))["zones"][0]
    taken = {peer["peer"]: peer["serial"] for peer in stands["peers"]}
    taken.pop("judge", None)
    if taken != {one.kind: stands["serial"] for one in secondaries}:
        raise Failed(f"`dime zone status` says {stands}")

    seconds = {one.kind: [] for one in secondaries}
    for det in dets[:REVOCATIONS]:
        owner = ".".join(reversed(ipaddress.ip_address(det).exploded.replace(":", ""))) + ".ip6.arpa."
        started = time.monotonic()
        holder[0].call(f"/v1/dets/{det}/revoke", {"reason": "the judge says so"})
        left = list(secondaries)
        while left:
            for one in list(left):
                reply = ask(owner, 67, one.port, 0.1)
                if reply is not None and reply.rcode() == dns.rcode.NXDOMAIN:
                    seconds[one.kind].append(time.monotonic() - started)
                    left.remove(one)
            if time.monotonic() - started > 10:
                raise Failed(f"the revocation of {det} is not seen by {[one.kind for one in left]}\n" + "\n".join(one.output() for one in left))
    tell_times("dime serve: revocation seen, from the request on", seconds)

    # Killed and started again: the same zones, and then changes.
    holder[0].stop(signal.SIGKILL)
    holder[0] = Served(data)
    holder[0].load(REGISTRATIONS // 4, listed)
    await_serials(serials(zones, port), secondaries)
    same_records(port, zones, secondaries)
    for one in secondaries:
        verify(zones[-1], one.port, folder)
    # Secondaries away meanwhile.
    for one in secondaries:
        one.stop()
    holder[0].load(REGISTRATIONS // 4, listed)
    for one in secondaries:
        one.start()
    await_serials(serials(zones, port), secondaries)
    same_records(port, zones, secondaries)
    print("dime serve: killed and started, secondaries stopped and started: alike", flush=True)
    return len(dets) + 2 * (REGISTRATIONS // 4) + REVOCATIONS
