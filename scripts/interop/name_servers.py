"""BIND, NSD, Knot and PowerDNS on a loopback port, each in a folder of its own, serving zones from files. They run in the foreground as the present user."""

import getpass
import os
import pathlib
import shutil
import socket
import subprocess
import time

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

BIND = """
options {{
    directory "{dir}"; pid-file "{dir}/named.pid"; session-keyfile "{dir}/session.key"; lock-file none;
    listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
    recursion no; dnssec-validation no; minimal-responses yes; notify no; allow-transfer {{ any; }}; empty-zones-enable no; zero-no-soa-ttl no;
    edns-udp-size 1232; max-udp-size 1232;
}};
controls {{ }};
"""
BIND_ZONE = 'zone "{zone}" {{ type primary; file "{file}"; check-names ignore; }};\n'

NSD = """
server:
    ip-address: 127.0.0.1@{port}
    username: "{user}"
    zonesdir: "{dir}"
    database: ""
    pidfile: "{dir}/nsd.pid"
    xfrdfile: "{dir}/xfrd.state"
    xfrdir: "{dir}"
    zonelistfile: "{dir}/zone.list"
    logfile: "{dir}/nsd.log"
    server-count: {threads}
    minimal-responses: yes
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    ipv4-edns-size: 1232
remote-control:
    control-enable: no
"""
NSD_ZONE = 'zone:\n    name: "{zone}"\n    zonefile: "{file}"\n'

KNOT = """
server:
    listen: 127.0.0.1@{port}
    rundir: "{dir}"
    udp-workers: {threads}
    tcp-workers: 1
    background-workers: 1
    udp-max-payload: 1232
database:
    storage: "{dir}"
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: "{dir}"
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
zone:
"""
KNOT_ZONE = '  - domain: "{zone}"\n    file: "{file}"\n'

POWERDNS = """
launch=bind
bind-config={dir}/zones.conf
local-address=127.0.0.1
local-port={port}
socket-dir={dir}
daemon=no
guardian=no
write-pid=no
disable-syslog=yes
loglevel=4
security-poll-suffix=
receiver-threads={threads}
distributor-threads=1
reuseport=yes
udp-truncation-threshold=1232
"""
POWERDNS_ZONE = 'zone "{zone}" {{ type native; file "{file}"; }};\n'


class Failed(Exception):
    """A daemon that could not be started."""


def free_port():
    """A port that is free for UDP and TCP."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
            except OSError:
                continue
            return udp.getsockname()[1]
    raise Failed("no port is free for both UDP and TCP")


def program(name):
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Failed(f"{name} is not installed; scripts/tools installs it")
    return found


class Daemon:
    """One name server: written configuration, started process, stopped at the end."""

    def __init__(self, kind, folder, zones, threads=1, prefix=(), patience=120):
        """`zones` is a list of (name, file). `kind` is named, nsd, knotd or pdns_server. `prefix` is a command that runs it, such as taskset.
        `patience` is how many seconds it may take to load."""
        self.kind = kind
        self.folder = pathlib.Path(folder).resolve() / kind
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.zones = zones
        head, zone_text, name = {
            "named": (BIND, BIND_ZONE, "named.conf"),
            "nsd": (NSD, NSD_ZONE, "nsd.conf"),
            "knotd": (KNOT, KNOT_ZONE, "knot.conf"),
            "pdns_server": (POWERDNS, POWERDNS_ZONE, "pdns.conf"),
        }[kind]
        values = {"dir": self.folder, "port": self.port, "threads": threads, "user": getpass.getuser()}
        listed = "".join(zone_text.format(zone=zone, file=pathlib.Path(file).resolve()) for zone, file in zones)
        self.configuration = self.folder / name
        if kind == "pdns_server":
            (self.folder / "zones.conf").write_text(listed)
            listed = ""
        self.configuration.write_text(head.format(**values) + listed)
        arguments = {
            "named": ["-c", self.configuration, "-g", "-4", "-n", str(threads)],
            "nsd": ["-c", self.configuration, "-d"],
            "knotd": ["-c", self.configuration],
            "pdns_server": [f"--config-dir={self.folder}"],
        }[kind]
        self.log = (self.folder / "output.txt").open("wb")
        self.process = subprocess.Popen([*prefix, program(kind), *arguments], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            self.wait_ready(patience)
        except BaseException:
            self.stop()
            raise

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def wait_ready(self, timeout):
        """Every zone answers its SOA."""
        deadline = time.monotonic() + timeout
        for zone, _ in self.zones:
            while True:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"{self.kind} did not start:\n{self.output()}")
                query = dns.message.make_query(zone, dns.rdatatype.SOA)
                try:
                    reply = dns.query.udp(query, "127.0.0.1", port=self.port, timeout=0.2)
                    if reply.rcode() == dns.rcode.NOERROR and reply.answer:
                        break
                except (dns.exception.DNSException, OSError):
                    pass
                time.sleep(0.05)

    def output(self):
        self.log.flush()
        parts = [self.folder / "output.txt", self.folder / "nsd.log"]
        return "\n".join(part.read_text(errors="replace")[-3000:] for part in parts if part.exists())

    def resident(self):
        """Resident memory in octets of the process and its children."""
        total = 0
        for pid in [self.process.pid, *children(self.process.pid)]:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def children(pid):
    """All descendants, by /proc."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        below = [child for child, parent in parents.items() if parent == current]
        found += below
        todo += below
    return found
