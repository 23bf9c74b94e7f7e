"""BIND, NSD and Knot as secondaries on loopback: each in a folder of its own, with a TSIG key, fed by a primary; stopped and started again on what they have on disk."""

import base64
import getpass
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.xfr
import dns.zone

import name_servers

KEY_NAME = "transfer.example."
ALGORITHM = "hmac-sha256"
SECRET = base64.b64encode(bytes(range(32))).decode()
KEY = dns.tsig.Key(KEY_NAME, SECRET, ALGORITHM)
CATALOG = "catalog.dime.example."
# Where each asks from, in the order in which a feeder knows them.
SOURCES = {"knotd": "127.0.0.2", "nsd": "127.0.0.3", "named": "127.0.0.4"}

BIND = """
key "{key}" {{ algorithm {algorithm}; secret "{secret}"; }};
options {{
    directory "{dir}"; pid-file "{dir}/named.pid"; session-keyfile "{dir}/session.key"; lock-file none;
    listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
    transfer-source {source};
    recursion no; dnssec-validation no; minimal-responses yes; notify no; allow-transfer {{ any; }}; empty-zones-enable no; zero-no-soa-ttl no;
    edns-udp-size 1232; max-udp-size 1232; masterfile-format raw; serial-query-rate 1000; transfers-per-ns 20; tcp-clients 200;
    catalog-zones {{ zone "{catalog}" default-masters {{ 127.0.0.1 port {primary} key "{key}"; }} zone-directory "{dir}" in-memory no min-update-interval 0; }};
}};
controls {{ }};
logging {{ channel all {{ stderr; severity info; }}; category default {{ all; }}; category xfer-in {{ all; }}; category notify {{ all; }}; }};
zone "{catalog}" {{ type secondary; file "{dir}/catalog.db"; primaries {{ 127.0.0.1 port {primary} key "{key}"; }}; }};
"""

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
    verbosity: 2
    server-count: 1
    minimal-responses: yes
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    ipv4-edns-size: 1232
    xfrd-reload-timeout: 0
    zonefiles-write: 1
remote-control:
    control-enable: no
key:
    name: "{key}"
    algorithm: {algorithm}
    secret: "{secret}"
"""
NSD_ZONE = """zone:
    name: "{zone}"
    zonefile: "{dir}/{zone}db"
    request-xfr: {udp}127.0.0.1@{primary} {key}
    allow-notify: 127.0.0.1 {key}
    outgoing-interface: {source}
    provide-xfr: 127.0.0.1 NOKEY
"""

KNOT = """
server:
    listen: 127.0.0.1@{port}
    rundir: "{dir}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
    udp-max-payload: 1232
    tcp-io-timeout: 30000
    tcp-remote-io-timeout: 30000
database:
    storage: "{dir}"
log:
  - target: stderr
    any: info
key:
  - id: {key}
    algorithm: {algorithm}
    secret: {secret}
remote:
  - id: dime
    address: 127.0.0.1@{primary}
    via: {source}
    key: {key}
acl:
  - id: notify
    address: 127.0.0.1
    key: {key}
    action: notify
  - id: transfer
    address: 127.0.0.1
    action: transfer
template:
  - id: default
    storage: "{dir}"
  - id: member
    storage: "{dir}"
    master: dime
    acl: [notify, transfer]
    journal-content: all
    zonefile-load: none
    zonefile-sync: -1
    semantic-checks: off
zone:
  - domain: "{catalog}"
    master: dime
    acl: [notify, transfer]
    journal-content: all
    zonefile-load: none
    zonefile-sync: -1
    catalog-role: interpret
    catalog-template: member
"""


class Secondary:
    """One of them. BIND and Knot learn their zones from the catalogue; NSD 4.6 knows none, and is told them."""

    def __init__(self, kind, folder, primary_port, zones, udp=()):
        self.kind, self.zones, self.udp = kind, list(zones), set(udp)
        self.folder = pathlib.Path(folder).resolve() / kind
        self.folder.mkdir(parents=True)
        self.port = name_servers.free_port()
        self.primary = primary_port
        self.process = None
        self.configure()

    def configure(self):
        head, name = {"named": (BIND, "named.conf"), "nsd": (NSD, "nsd.conf"), "knotd": (KNOT, "knot.conf")}[self.kind]
        values = {"dir": self.folder, "port": self.port, "user": getpass.getuser(), "primary": self.primary, "key": KEY_NAME, "algorithm": ALGORITHM, "secret": SECRET, "catalog": CATALOG, "source": SOURCES[self.kind]}
        if self.kind == "named":
            values["key"] = KEY_NAME.rstrip(".")
        text = head.format(**values)
        if self.kind == "nsd":
            text += "".join(NSD_ZONE.format(zone=zone, udp="UDP " if zone in self.udp else "", **values) for zone in self.zones)
        self.configuration = self.folder / name
        self.configuration.write_text(text)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        arguments = {"named": ["-c", self.configuration, "-g", "-4", "-n", "1"], "nsd": ["-c", self.configuration, "-d"], "knotd": ["-c", self.configuration]}[self.kind]
        self.log = (self.folder / "output.txt").open("ab")
        self.process = subprocess.Popen([name_servers.program(self.kind), *map(str, arguments)], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def has_written(self):
        """Whether NSD has its zones on disk as it serves them: it writes them now and then, and what it has not written when it stops, it has not when it starts."""
        for zone in self.zones:
            file = self.folder / f"{zone}db"
            serving = self.serial(zone)
            if serving is not None and not (file.exists() and re.search(rf"\s{serving} ", file.read_text(errors="replace")[:2000])):
                return False
        return True

    def stop(self, how=signal.SIGTERM):
        deadline = time.monotonic() + 20
        while self.kind == "nsd" and self.is_running() and not self.has_written() and time.monotonic() < deadline:
            time.sleep(0.1)
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process is not None:
            self.log.close()
        self.process = None

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def output(self):
        parts = [self.folder / "output.txt", self.folder / "nsd.log"]
        return "\n".join(part.read_text(errors="replace")[-4000:] for part in parts if part.exists())

    def serial(self, zone):
        """The serial it serves, or None."""
        return serial(zone, self.port)


def ask(name, kind, port, timeout=0.5):
    """The reply, or None."""
    query = dns.message.make_query(name, kind, use_edns=0, payload=1232)
    try:
        return dns.query.udp(query, "127.0.0.1", port=port, timeout=timeout)
    except (dns.exception.DNSException, OSError):
        return None


def serial(zone, port):
    reply = ask(zone, "SOA", port)
    if reply is None or reply.rcode() != dns.rcode.NOERROR or not reply.answer:
        return None
    return reply.answer[0][0].serial


def transfer(zone, port, key=None, attempts=5):
    """All records of a zone by AXFR, as a set of (owner, type, TTL, RDATA). Who is just loading a zone may close the connection: then once more."""
    for _ in range(attempts - 1):
        try:
            return transfer_once(zone, port, key)
        except (EOFError, OSError, dns.exception.DNSException):
            time.sleep(0.3)
    return transfer_once(zone, port, key)


def transfer_once(zone, port, key, timeout=60):
    records = []
    for message in dns.query.xfr("127.0.0.1", zone, port=port, keyring=key, keyalgorithm=ALGORITHM, relativize=False, lifetime=timeout):
        for rrset in message.answer:
            records += [(rrset.name.canonicalize().to_text(), int(rrset.rdtype), rrset.ttl, rdata.to_digestable()) for rdata in rrset]
    return set(records)


class Proxy:
    """Passes NOTIFYs on to a secondary, and its answers back; can be told to lose the next of them."""

    def __init__(self, to):
        self.to = ("127.0.0.1", to)
        self.inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inner.bind(("127.0.0.1", 0))
        self.outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outer.bind(("127.0.0.1", 0))
        self.port = self.inner.getsockname()[1]
        self.lose = self.lost = self.passed = 0
        self.asker = None
        for source, sink in [(self.inner, self.forward), (self.outer, self.back)]:
            threading.Thread(target=self.loop, args=(source, sink), daemon=True).start()

    def loop(self, source, sink):
        while True:
            try:
                octets, address = source.recvfrom(4096)
            except ConnectionRefusedError:
                continue
            except OSError:
                return
            try:
                sink(octets, address)
            except OSError:
                continue

    def forward(self, octets, address):
        if self.lose > 0:
            self.lose -= 1
            self.lost += 1
            return
        self.asker = address
        self.passed += 1
        self.outer.sendto(octets, self.to)

    def back(self, octets, _):
        self.inner.sendto(octets, self.asker)

    def close(self):
        self.inner.close()
        self.outer.close()
