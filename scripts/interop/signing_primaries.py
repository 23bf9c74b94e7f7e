"""BIND and Knot as the primaries of signed zones: BIND has what dnssec-signzone signed, Knot signs by itself."""

import re
import signal
import subprocess

import name_servers
from dime_secondary import run, until
from secondary_servers import ALGORITHM, KEY_NAME, SECRET, serial

BIND = """
key "{key}" {{ algorithm {algorithm}; secret "{secret}"; }};
options {{
    directory "{dir}"; pid-file "{dir}/named.pid"; session-keyfile "{dir}/session.key"; lock-file none;
    listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
    recursion no; dnssec-validation no; minimal-responses yes; allow-transfer {{ key "{key}"; }}; empty-zones-enable no; zero-no-soa-ttl no;
    notify explicit; also-notify {{ 127.0.0.1 port {copy} key "{key}"; }}; notify-delay 0; serial-query-rate 1000;
    ixfr-from-differences yes; max-ixfr-ratio unlimited; edns-udp-size 1232; max-udp-size 1232;
}};
controls {{ }};
"""
BIND_ZONE = 'zone "{zone}" {{ type primary; file "{dir}/{zone}signed"; check-names ignore; }};\n'

KNOT = """
server:
    listen: 127.0.0.1@{port}
    rundir: "{dir}"
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
  - id: copy
    address: 127.0.0.1@{copy}
    key: {key}
acl:
  - id: transfer
    address: 127.0.0.1
    key: {key}
    action: transfer
policy:
  - id: quick
    algorithm: ecdsap256sha256
    nsec3: off
    dnskey-ttl: 2
    zone-max-ttl: 2
    propagation-delay: 1
    cds-cdnskey-publish: rollover
zone:
  - domain: {zone}
    file: "{dir}/zone"
    storage: "{dir}"
    acl: transfer
    notify: copy
    dnssec-signing: on
    dnssec-policy: quick
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    serial-policy: increment
"""


class Bind:
    """BIND as the primary of zones that dnssec-signzone signs."""

    def __init__(self, folder, zones, copy_port):
        self.folder, self.zones, self.process = folder / "bind", zones, None
        self.folder.mkdir()
        self.port = name_servers.free_port()
        values = {"dir": self.folder, "port": self.port, "copy": copy_port, "key": KEY_NAME.rstrip("."), "algorithm": ALGORITHM, "secret": SECRET}
        (self.folder / "named.conf").write_text(BIND.format(**values) + "".join(BIND_ZONE.format(zone=zone, **values) for zone in zones))
        self.serial = 2_000_000_000
        self.keys = {zone: [self.keygen(zone, "-f", "KSK"), self.keygen(zone)] for zone in zones}

    def keygen(self, zone, *options):
        return run(name_servers.program("dnssec-keygen"), "-q", "-K", self.folder, "-a", "ED25519", *options, zone).strip()

    def another_zsk(self):
        """The next signatures are by new keys; the old ones stay in the DNSKEY sets."""
        for zone in self.zones:
            run(name_servers.program("dnssec-settime"), "-K", self.folder, "-I", "now", self.keys[zone][-1])
            self.keys[zone].append(self.keygen(zone))

    def old_zsk_gone(self):
        for zone in self.zones:
            run(name_servers.program("dnssec-settime"), "-K", self.folder, "-D", "now", self.keys[zone][-2])

    def sign(self, texts, *options):
        self.serial += 1
        for zone, text in texts.items():
            file = self.folder / f"{zone}unsigned"
            file.write_text(re.sub(r"( SOA \S+ \S+) \d+", rf"\1 {self.serial}", text))
            run(name_servers.program("dnssec-signzone"), "-q", "-S", "-K", self.folder, "-d", self.folder, "-N", "keep", *options, "-o", zone, "-f", self.folder / f"{zone}signed", file)

    def start(self):
        self.log = (self.folder / "output.txt").open("ab")
        self.process = subprocess.Popen([name_servers.program("named"), "-c", self.folder / "named.conf", "-g", "-4", "-n", "1"], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.await_serial()

    def await_serial(self):
        until(lambda: (self.folder / "output.txt").read_text()[-3000:], lambda: all(serial(zone, self.port) == self.serial for zone in self.zones))

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        self.await_serial()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
            self.log.close()


class Knot:
    """Knot, which signs, changes and rolls over by itself."""

    def __init__(self, folder, zone, text, copy_port):
        self.folder, self.zone, self.process = folder / "knot", zone, None
        self.folder.mkdir()
        self.port = name_servers.free_port()
        (self.folder / "zone").write_text(text)
        self.configuration = self.folder / "knot.conf"
        self.configuration.write_text(KNOT.format(dir=self.folder, port=self.port, copy=copy_port, key=KEY_NAME, algorithm=ALGORITHM, secret=SECRET, zone=zone))

    def start(self):
        self.log = (self.folder / "output.txt").open("ab")
        self.process = subprocess.Popen([name_servers.program("knotd"), "-c", self.configuration], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        until(lambda: (self.folder / "output.txt").read_text()[-3000:], lambda: serial(self.zone, self.port) is not None)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
            self.log.close()

    def control(self, *arguments):
        run(name_servers.program("knotc"), "-c", self.configuration, *arguments)
