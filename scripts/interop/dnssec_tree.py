#!/usr/bin/env python3
"""A signed tree, its changes and its roll-overs, in the eyes of validators that share no code with dime.

Two servers (`dime-signed-tree`): Apex, RAA 16376 and the unsigned zone of HDA 16376 at 127.0.1.1, the signed zone of HDA 16377 at 127.0.1.2;
an unbound that knows nothing but the Apex's keys at 127.0.1.3. Time goes forward by `shifted_clock.c` for the programs that cannot be told
the time. Needs port 53: run it in a network of its own (`judge-dnssec` does).
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype

import differential_dns
import dnssec_answers
import dnssec_packets
import name_servers
from dime_process import Failed, binary

HERE = pathlib.Path(__file__).resolve().parent
APEX = "3.0.0.1.0.0.2.ip6.arpa."
RAA = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa."
ZONES = [APEX, *(f"{block}.e.f.f.3.0.0.1.0.0.2.ip6.arpa." for block in range(4))]
INSECURE = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa."
SECURE = "9.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa."
UPPER, HDA, RESOLVER = "127.0.1.1", "127.0.1.2", "127.0.1.3"
DAY = 86_400


class Wrong(Exception):
    """Something that is not as it must be."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


class Tree:
    """A `dime-signed-tree`."""

    def __init__(self, folder, address, level, now, *algorithm):
        self.process = subprocess.Popen(
            [binary("dime-signed-tree"), folder, f"{address}:53", level, str(now), *algorithm], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        expect(self.process.stdout.readline().startswith("ready "), f"{level} is not ready")

    def __call__(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().strip()
        expect(line.startswith("ok"), f"{words}: {line}")
        return line[3:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)


class Clock:
    """The time of those who verify."""

    def __init__(self, folder):
        self.library = folder / "shifted_clock.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", self.library, HERE / "shifted_clock.c"], check=True)
        self.begin = int(time.time())
        self.now = self.begin

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(self.library), "CLOCK_SHIFT": str(self.now - int(time.time()))}

    def run(self, *arguments):
        done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, env=self.environment(), timeout=60)
        return done.returncode, done.stdout + done.stderr


class Unbound:
    """A validating resolver with an empty cache."""

    def __init__(self, folder, clock, anchor):
        folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        (folder / "anchor").write_text(anchor)
        configuration = folder / "unbound.conf"
        configuration.write_text(
            f"""
server:
    interface: {RESOLVER}
    directory: "{folder}"
    pidfile: ""
    username: ""
    chroot: ""
    use-syslog: no
    log-queries: no
    do-daemonize: no
    do-ip6: no
    do-not-query-localhost: no
    trust-anchor-file: "{folder}/anchor"
    module-config: "validator iterator"
    local-zone: "ip6.arpa." nodefault
    val-log-level: 2
    root-hints: ""
remote-control:
    control-enable: no
stub-zone:
    name: "{APEX}"
    stub-addr: {UPPER}
"""
        )
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [name_servers.program("unbound"), "-d", "-c", configuration], stdout=self.log, stderr=subprocess.STDOUT, env=clock.environment()
        )
        for _ in range(100):
            with contextlib.suppress(dns.exception.DNSException, OSError):
                dns.query.udp(dns.message.make_query(".", "NS"), RESOLVER, timeout=0.2)
                return
            time.sleep(0.05)
        raise Wrong("unbound did not start: " + (folder / "log").read_text())

    def ask(self, name, kind):
        """The outcome of a question: rcode, whether it is proved (AD), how many records."""
        query = dns.message.make_query(name, kind, want_dnssec=True)
        reply = dns.query.udp(query, RESOLVER, timeout=20)
        if reply.flags & dns.flags.TC:
            reply = dns.query.tcp(query, RESOLVER, timeout=20)
        found = [rrset for rrset in reply.answer if rrset.rdtype != dns.rdatatype.RRSIG]
        return dns.rcode.to_text(reply.rcode()), bool(reply.flags & dns.flags.AD), len(found)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def missing(name):
    """A sibling that does not exist."""
    return ("0" if name[0] != "0" else "1") + name[1:]


class Judge:
    def __init__(self, folder):
        self.folder = folder
        self.clock = Clock(folder)
        self.passed = 0

    def check(self, condition, what):
        expect(condition, what)
        self.passed += 1

    def delv(self, anchor, root, name, kind, wanted):
        file = self.folder / "delv.conf"
        zone, *numbers, digest = [root, *anchor.split()[-4:]]
        file.write_text(f'trust-anchors {{ "{zone}" static-ds {" ".join(numbers)} "{digest}"; }};\n')
        server = UPPER if not name.endswith(SECURE) or name == SECURE else HDA
        code, text = self.clock.run("delv", f"@{server}", "-a", file, f"+root={root}", name, kind)
        self.check(code == 0 and wanted in text, f"delv {name} {kind}: wanted {wanted!r}:\n{text}")

    def verify_zones(self, tree, zones):
        """The whole zones, by three verifiers."""
        for zone in zones:
            native, generic = self.folder / "native", self.folder / "generic"
            tree("export", zone, "native", native)
            tree("export", zone, "generic", generic)
            stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(self.clock.now))
            for command in [
                ["dnssec-verify", "-o", zone, native],
                ["ldns-verify-zone", "-t", stamp, generic],
                [name_servers.program("kzonecheck"), "-d", "on", "-t", self.clock.now, "-o", zone, generic],
            ]:
                code, text = self.clock.run(*command)
                self.check(code == 0, f"{command[0]} {zone}: {text}")

    def everything(self, upper, hda, names):
        """All kinds of answers, by unbound from the Apex's key alone."""
        raa_det, hda_det = names
        anchor = "".join(f"{APEX} IN DS {ds}\n" for ds in upper("ds", APEX).split("; "))
        with Unbound(self.folder, self.clock, anchor) as resolver:
            cases = [
                (APEX, "SOA", ("NOERROR", True, 1)),
                (RAA, "DNSKEY", ("NOERROR", True, 1)),
                (raa_det, "TYPE67", ("NOERROR", True, 1)),
                (raa_det, "TLSA", ("NOERROR", True, 1)),
                (raa_det, "TYPE68", ("NOERROR", True, 0)),
                (raa_det.split(".", 8)[8], "TYPE67", ("NOERROR", True, 0)),
                (missing(raa_det), "TYPE67", ("NXDOMAIN", True, 0)),
                (f"*.{RAA}", "TYPE67", ("NXDOMAIN", True, 0)),
                (f"www.{RAA}", "A", ("NXDOMAIN", True, 0)),
                (f"ns.{RAA}", "A", ("NOERROR", True, 1)),
                (RAA, "DS", ("NOERROR", True, 1)),
                (SECURE, "DS", ("NOERROR", True, 1)),
                (INSECURE, "DS", ("NOERROR", True, 0)),
                (hda_det, "TYPE67", ("NOERROR", True, 1)),
                (missing(hda_det), "TYPE67", ("NXDOMAIN", True, 0)),
                (INSECURE, "SOA", ("NOERROR", False, 1)),
                (f"5.{INSECURE}", "TYPE67", ("NXDOMAIN", False, 0)),
            ]
            for name, kind, wanted in cases:
                found = resolver.ask(name, kind)
                self.check(found == wanted, f"unbound {name} {kind}: {found}, not {wanted}")

    def static(self, upper, hda, names):
        raa_det, hda_det = names
        anchor = upper("ds", APEX)
        for name, kind, wanted in [
            (APEX, "SOA", "; fully validated"),
            (APEX, "DNSKEY", "; fully validated"),
            (f"5.{APEX}", "SOA", "; negative response, fully validated"),
            (APEX, "TXT", "; negative response, fully validated"),
            ("f.f.3.0.0.1.0.0.2.ip6.arpa.", "TXT", "; negative response, fully validated"),
        ]:
            self.delv(anchor, APEX, name, kind, wanted)
        # delv asks one server for everything: the Apex's has the whole chain down to the RAA.
        for name, kind, wanted in [
            (raa_det, "TYPE67", "; fully validated"),
            (raa_det, "TYPE68", "; negative response, fully validated"),
            (missing(raa_det), "TYPE67", "; negative response, fully validated"),
            (RAA, "DS", "; fully validated"),
            (SECURE, "DS", "; fully validated"),
            (INSECURE, "DS", "; negative response, fully validated"),
        ]:
            self.delv(anchor, APEX, name, kind, wanted)
        self.delv(hda("ds", SECURE), SECURE, hda_det, "TYPE67", "; fully validated")
        # The chase, with the key of the Apex.
        key = self.folder / "apex.key"
        query = dns.message.make_query(APEX, "DNSKEY")
        keys = dns.query.udp(query, UPPER, timeout=5).answer[0]
        key.write_text("".join(f"{APEX} IN DNSKEY {rdata}\n" for rdata in keys if rdata.flags == 257))
        code, text = self.clock.run("drill", "-S", "-k", key, f"@{UPPER}", raa_det, "TYPE67")
        self.check("Chase successful" in text, f"drill: {text}")

    def differential(self, upper):
        """BIND serving the exports gives the same answers with and without the DO bit."""
        files = []
        for zone in [*ZONES, INSECURE]:
            file = self.folder / f"{zone}zone"
            upper("export", zone, "native", file)
            files.append((zone, file))
        with name_servers.Daemon("named", self.folder, files) as bind:
            servers = [("dime", f"{UPPER}:53"), ("bind", bind.address)]
            for signatures in (True, False):
                count = differential_dns.compare([file for _, file in files], servers, missing=300, signatures=signatures)
                self.check(count == 0, f"{count} answers differ from BIND's")

    def answers(self, names, insecure):
        """Live answers of every kind, at both sides of a cut."""
        raa_det, hda_det = names
        block = raa_det.split(".", 14)[14]
        upper, hda = (dnssec_answers.Answers(server, self.clock.now) for server in (UPPER, HDA))
        for zone in (APEX, RAA):
            for kind in ("SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "NSEC"):
                upper.positive(zone, kind)
            upper.nodata(zone, "TXT")
        for kind in ("TYPE67", "TLSA", "CERT", "TYPE55", "NSEC", "ANY"):
            upper.positive(raa_det, kind)
        upper.nodata(raa_det, "TYPE68")
        upper.nodata(raa_det, "DS")
        # DS of a cut is the upper zone's, whoever serves the lower one; there, at the zone's own name, there is none.
        upper.positive(RAA, "DS")
        upper.nodata(APEX, "DS")
        hda.nodata(SECURE, "DS")
        hda.positive(SECURE, "DNSKEY")
        hda.positive(hda_det, "TYPE67")
        upper.positive(SECURE, "DS")
        for cut in (INSECURE, insecure):
            upper.nodata(cut, "DS")
        upper.referral(SECURE, secure=True)
        upper.referral(insecure, secure=False)
        for depth in (3, 6, 9, 12):
            upper.nodata(raa_det.split(".", depth)[depth], "TYPE67", empty_non_terminal=True)
        for name in (missing(raa_det), f"0.{raa_det}", f"*.{raa_det}", f"www.{RAA}", f"*.{RAA}", f"*.{block}", f"\\000.{RAA}", f"\\255.{RAA}", f"5.ns.{RAA}"):
            upper.nxdomain(name, "TYPE67")
            upper.nxdomain(name, "ANY")
        hda.nxdomain(missing(hda_det), "TYPE67")
        for name, kind in ((RAA, "DNSKEY"), (RAA, "RRSIG"), (raa_det, "TYPE67"), (missing(raa_det), "TYPE67"), (f"5.{SECURE}", "TYPE67"), (RAA, "ANY")):
            upper.transports(name, kind)
        self.passed += upper.passed + hda.passed

    def packets(self, names):
        """Damaged questions to both servers."""
        targets = [(UPPER, [names[0], RAA, APEX, SECURE, INSECURE, f"ns.{RAA}"], RAA), (HDA, [names[1], SECURE], SECURE)]
        for seed, (server, asked, zone) in enumerate(targets):
            good = lambda: dnssec_packets.alive(server, asked[0], zone, self.clock.now)
            outcomes = dnssec_packets.udp(server, asked, 15_000 if server == UPPER else 5_000, good, seed)
            self.check(len(outcomes) >= 4, f"{outcomes}")
            answered = dnssec_packets.tcp(server, asked, 400, good, seed)
            self.check(answered > 50, f"{answered} answers over TCP")
            print(f"damaged questions to {server}: {outcomes}, {answered} over TCP")

    def forward(self, seconds, upper, hda):
        self.clock.now += seconds
        return [tree("at", self.clock.now) for tree in (upper, hda)]

    def rolls(self, upper, hda, names):
        """ZSK and KSK, watched by a resolver that keeps its cache, in steps of ten minutes."""
        anchor = "".join(f"{APEX} IN DS {ds}\n" for ds in upper("ds", APEX).split("; "))
        raa_det, hda_det = names
        before = upper("ds", RAA)
        upper("roll-zsk", RAA)
        upper("roll-ksk", RAA)
        hda("roll-zsk", SECURE)
        followed, ended, signers = False, False, set()
        for step in range(36):
            self.forward(600, upper, hda)
            # A resolver cannot be moved in time, so each step has a new one with an empty cache, and dnspython keeps what a cache would.
            if step % 6 == 0:
                self.everything(upper, hda, names)
                self.verify_zones(upper, [APEX, RAA])
                self.verify_zones(hda, [SECURE])
            answers = [dns.query.udp(dns.message.make_query(*question, want_dnssec=True), UPPER, timeout=5).answer for question in [(RAA, "DNSKEY"), (RAA, "SOA")]]
            signers |= {rdata.key_tag for rrset in answers[1] if rrset.rdtype == dns.rdatatype.RRSIG for rdata in rrset}
            now = upper("ds", RAA)
            if now != before and not followed:
                followed = True
                answer = dns.query.udp(dns.message.make_query(RAA, "DS"), UPPER, timeout=5).answer[0]
                self.check([str(rdata).split()[0] for rdata in answer] == [now.split()[0]], "the DS in the Apex zone follows CDS")
                upper("ds-published", RAA)
                ended = True
        self.check(followed and ended, "the KSK rolled")
        self.check(len(signers) == 2, f"the ZSK rolled: {signers}")
        keys = dns.query.udp(dns.message.make_query(RAA, "DNSKEY"), UPPER, timeout=5).answer[0]
        self.check(len(keys) == 2, f"the old keys are gone: {len(keys)}")
        self.check(upper("ds", APEX) and anchor.split()[3] == upper("ds", APEX).split()[0], "the Apex's key did not change")

    def cached(self, upper, hda, command):
        """What a cache took a while ago still verifies, and what is new verifies with it: dnspython, at every step of another roll-over."""
        begin = self.clock.now
        upper(command, APEX)
        history = []
        name = dns.name.from_text(APEX)
        for _ in range(24):
            self.forward(600, upper, hda)
            answers = {}
            for kind in ("DNSKEY", "SOA", "NS"):
                reply = dns.query.udp(dns.message.make_query(APEX, kind, want_dnssec=True), UPPER, timeout=5)
                pick = lambda wanted: next(rrset for rrset in reply.answer if rrset.rdtype == wanted)
                answers[kind] = (pick(dns.rdatatype.from_text(kind)), pick(dns.rdatatype.RRSIG))
            history.append((self.clock.now, answers))
            for then, old in history:
                if then + 600 < self.clock.now:
                    continue
                for keys, data in [(old["DNSKEY"][0], answers), (answers["DNSKEY"][0], old)]:
                    for kind in ("DNSKEY", "SOA", "NS"):
                        dns.dnssec.validate(*data[kind], {name: keys}, now=self.clock.now)
                        self.passed += 1
        self.check(self.clock.now - begin > 3 * 3600, "time went on")

    def emergency(self, upper, hda, names):
        """Keys in wrong hands, of the Apex and, in the middle of an orderly roll-over, of the RAA."""
        anchor = upper("ds", APEX)
        old = {rdata.to_text() for rdata in dns.query.udp(dns.message.make_query(RAA, "DNSKEY"), UPPER, timeout=5).answer[0]}
        upper("roll-ksk", RAA)
        upper("roll-zsk", RAA)
        self.forward(1800, upper, hda)
        upper("replace-ksk", RAA)
        upper("replace-zsk", RAA)
        self.everything(upper, hda, names)
        self.cached(upper, hda, "replace-zsk")
        self.everything(upper, hda, names)
        self.forward(2 * 3600, upper, hda)
        self.everything(upper, hda, names)
        self.verify_zones(upper, [APEX, RAA])
        new = {rdata.to_text() for rdata in dns.query.udp(dns.message.make_query(RAA, "DNSKEY"), UPPER, timeout=5).answer[0]}
        self.check(len(new) == 2 and not new & old, f"all keys are others: {new}")
        self.check(upper("ds", APEX) == anchor, "and the Apex's KSK is the same")

    def run(self):
        # The keys are some days old, so that all moments are past.
        now = self.clock.begin
        with Tree(self.folder / "upper", UPPER, "upper", now) as upper, Tree(self.folder / "hda", HDA, "nsec", now) as hda:
            raa_det = [upper("publish", index) for index in range(40)][7]
            hda_det = [hda("publish", index) for index in range(40)][7]
            names = (raa_det, hda_det)
            upper("delegate", 16377, HDA, *hda("ds", SECURE).split())
            insecure = upper("delegate", 16000, "127.0.1.9")
            self.static(upper, hda, names)
            self.everything(upper, hda, names)
            self.verify_zones(upper, ZONES)
            self.verify_zones(hda, [SECURE])
            self.differential(upper)
            self.answers(names, insecure)
            print(f"as published: {self.passed} checks")
            # Changes.
            gone = upper("remove", 3)
            cut = upper("undelegate", 16000)
            self.everything(upper, hda, names)
            anchor = upper("ds", APEX)
            self.delv(anchor, APEX, gone, "TYPE67", "; negative response, fully validated")
            self.delv(anchor, APEX, cut, "DS", "; negative response, fully validated")
            self.verify_zones(upper, ZONES)
            print(f"changed: {self.passed} checks")
            self.packets(names)
            print(f"asked badly: {self.passed} checks")
            self.rolls(upper, hda, names)
            self.cached(upper, hda, "roll-zsk")
            self.emergency(upper, hda, names)
            print(f"rolled over: {self.passed} checks")
            # Two months, in which every signature is renewed several times.
            for _ in range(60):
                self.forward(DAY, upper, hda)
                self.everything(upper, hda, names) if _ % 6 == 0 else None
            self.static(upper, hda, names)
            self.verify_zones(upper, ZONES)
            # A clock that jumps is told of, and signatures are valid by it at once.
            told = self.forward(90 * DAY, upper, hda)
            self.check(all("ahead" in text for text in told), f"{told}")
            self.everything(upper, hda, names)
            print(f"five months on: {self.passed} checks")
            # Those who verify do notice: with another key, and a month after the signatures were made.
            self.wrong(upper, hda, names)
        print(f"dnssec: {self.passed} checks, all as they must be")

    def wrong(self, upper, hda, names):
        anchor = f"{APEX} IN DS {hda('ds', SECURE)}\n"
        with Unbound(self.folder, self.clock, anchor) as resolver:
            found = resolver.ask(names[0], "TYPE67")
            self.check(found[0] == "SERVFAIL", f"unbound with another key: {found}")
        self.clock.now += 30 * DAY
        anchor = f"{APEX} IN DS {upper('ds', APEX)}\n"
        with Unbound(self.folder, self.clock, anchor) as resolver:
            found = resolver.ask(names[0], "TYPE67")
            self.check(found[0] == "SERVFAIL", f"unbound a month later: {found}")


def main():
    subprocess.run([name_servers.program("ip"), "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            Judge(pathlib.Path(folder)).run()
        except (Wrong, dnssec_answers.Wrong, dnssec_packets.Wrong, Failed, dns.exception.DNSException, OSError, subprocess.SubprocessError) as fault:
            print(f"FAILED: {type(fault).__name__}: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
