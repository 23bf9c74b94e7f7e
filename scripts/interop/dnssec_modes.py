#!/usr/bin/env python3
"""The zone of an HDA signed in each way, with each algorithm, in the eyes of delv, unbound, dnsviz and the zone verifiers.

For `nsec` and `compact`, Ed25519 and ECDSA P-256: positive answers, NODATA, empty non-terminals, NXDOMAIN, delegations with and without DS
(from the zones above), at the beginning, in the middle of a roll-over of KSK and ZSK in fast-forwarded time, and after it. What compact denial
must say (RFC 9824) is read by dnspython, to the last bit. Needs port 53: run it in a network of its own (`judge-dnssec` does).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import dns.dnssec
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype

import dnssec_answers
import name_servers
from dime_process import Failed
from dnssec_tree import APEX, HDA, INSECURE, RAA, SECURE, UPPER, Clock, Judge, Tree, Unbound, Wrong, missing

DNSVIZ = pathlib.Path(__file__).resolve().parents[2] / "target/venv-dnsviz/bin/dnsviz"
CO = 0x4000
NXNAME = 128
ALGORITHMS = {"ed25519": 15, "ecdsap256sha256": 13}


def types(nsec):
    return {window * 256 + 8 * at + bit for window, bitmap in nsec.windows for at, octet in enumerate(bitmap) for bit in range(8) if octet & 0x80 >> bit}


def walk(node, path=""):
    """Every (path, key, value) below a JSON object."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}/{key}", key, value
            yield from walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from walk(value, path)


class Mode(Judge):
    """One way of signing and one algorithm."""

    def __init__(self, folder, clock, mode, algorithm):
        self.folder, self.clock, self.passed = folder, clock, 0
        self.mode, self.algorithm = mode, algorithm
        self.title = f"{mode} {algorithm}"
        self.answers = dnssec_answers.Answers(HDA, clock.now)

    # What validators say.

    def by_delv(self, hda, name):
        anchor = hda("ds", SECURE).split("; ")[0]
        for owner, kind, wanted in [
            (SECURE, "SOA", "; fully validated"),
            (SECURE, "DNSKEY", "; fully validated"),
            (name, "TYPE67", "; fully validated"),
            (name, "TLSA", "; fully validated"),
            (name, "NSEC", "; fully validated"),
            (name, "TYPE68", "; negative response, fully validated"),
            (name.split(".", 8)[8], "TYPE67", "; negative response, fully validated"),
            (missing(name), "TYPE67", "; negative response, fully validated"),
            (f"www.{SECURE}", "A", "; negative response, fully validated"),
            (f"ns.{SECURE}", "A", "; fully validated"),
            (f"ns.{SECURE}", "AAAA", "; negative response, fully validated"),
        ]:
            file = self.folder / "delv.conf"
            *numbers, digest = anchor.split()
            file.write_text(f'trust-anchors {{ "{SECURE}" static-ds {" ".join(numbers)} "{digest}"; }};\n')
            code, text = self.clock.run("delv", f"@{HDA}", "-a", file, f"+root={SECURE}", owner, kind)
            self.check(code == 0 and wanted in text, f"{self.title}: delv {owner} {kind}: wanted {wanted!r}:\n{text}")

    def by_unbound(self, upper, name, secure=True):
        """From the Apex's key alone, through the delegations with and without DS."""
        gone = "NOERROR" if self.mode == "compact" else "NXDOMAIN"
        anchor = "".join(f"{APEX} IN DS {ds}\n" for ds in upper("ds", APEX).split("; "))
        with Unbound(self.folder, self.clock, anchor) as resolver:
            for owner, kind, wanted in [
                (SECURE, "SOA", ("NOERROR", secure, 1)),
                (SECURE, "DNSKEY", ("NOERROR", secure, 1)),
                (name, "TYPE67", ("NOERROR", secure, 1)),
                (name, "TYPE68", ("NOERROR", secure, 0)),
                (name, "PTR", ("NOERROR", secure, 0)),
                (name.split(".", 8)[8], "TYPE67", ("NOERROR", secure, 0)),
                (name.split(".", 1)[1], "ANY", ("NOERROR", secure, 0)),
                (missing(name), "TYPE67", (gone if secure else "NXDOMAIN", secure, 0)),
                (f"*.{SECURE}", "TYPE67", (gone, secure, 0)),
                (f"x.{name}", "TYPE67", (gone, secure, 0)),
                (f"ns.{SECURE}", "A", ("NOERROR", secure, 1)),
                (SECURE, "DS", ("NOERROR", True, 1 if secure else 0)),
                (INSECURE, "DS", ("NOERROR", True, 0)),
                (f"5.{INSECURE}", "TYPE67", ("NXDOMAIN", False, 0)),
                (RAA, "SOA", ("NOERROR", True, 1)),
            ]:
                found = resolver.ask(owner, kind)
                # An insecure compact zone denies as an insecure zone does, or compactly: the resolver asks with DO.
                allowed = [wanted, (gone, *wanted[1:])] if not secure else [wanted]
                self.check(found in allowed, f"{self.title}: unbound {owner} {kind}: {found}, not {wanted}")

    def by_dnsviz(self, name, secure=True):
        """Everything on the way from the Apex's key down, without an error or a warning."""
        probe, anchor = self.folder / "probe.json", self.folder / "anchor.keys"
        keys = dns.query.udp(dns.message.make_query(APEX, "DNSKEY"), UPPER, timeout=5).answer[0]
        anchor.write_text("".join(f"{APEX} IN DNSKEY {rdata}\n" for rdata in keys if rdata.flags == 257))
        servers = [(f"{APEX.rstrip('.')}+", UPPER), (RAA, UPPER), (SECURE, HDA)]
        # Not the unsigned zone: dnsviz 0.11 ends with a KeyError of its own over its SOA.
        asked = [name, missing(name)]
        arguments = ["probe", "-4", "-A", "-d", "0", "-a", APEX, "-R", "SOA,TYPE67", "-o", probe]
        arguments += [part for zone, server in servers for part in ("-x", f"{zone.rstrip('.')}:{server}")]
        for command in [[*arguments, *(each.rstrip(".") for each in asked)], ["grok", "-r", probe, "-t", anchor, "-l", "info"]]:
            code, text = self.clock.run(DNSVIZ, *command)
            self.check(code == 0, f"{self.title}: dnsviz {command}: {text}")
        found = json.loads(text)
        faults = [f"{path}: {fault}" for path, key, value in walk(found) if key in ("errors", "warnings") for fault in value]
        self.check(not faults, f"{self.title}: dnsviz: {faults}")
        signatures = [path for path, key, value in walk(found) if key == "rrsig"]
        below = [zone for path in signatures for zone in [path.split("/")[1]] if zone.endswith(SECURE)]
        self.check(len(below) > 3, f"{self.title}: dnsviz saw {len(below)} signed answers of the zone")
        delegations = {path.split("/")[1]: value["status"] for path, key, value in walk(found) if key == "delegation"}
        wanted = {RAA: "SECURE", SECURE: "SECURE" if secure else "INSECURE"}
        self.check(delegations == wanted, f"{self.title}: dnsviz: {delegations}")

    # What the octets are.

    def compact(self, name):
        """RFC 9824: the one NSEC, NXNAME, the CO flag, the question for NXNAME itself, and who does not ask for DNSSEC."""
        there = {37, 46, 47, 52, 55, 67}
        apex = {2, 6, 46, 47, 48, 59, 60}
        for owner, kind, wanted, exists in [
            (name, "TYPE68", there, True),
            (name, "PTR", there, True),
            (SECURE, "TXT", apex, True),
            (name.split(".", 3)[3], "TYPE67", {46, 47}, True),
            (missing(name), "TYPE67", {46, 47, NXNAME}, False),
            (f"*.{SECURE}", "A", {46, 47, NXNAME}, False),
            (f"\\000.{name}", "A", {46, 47, NXNAME}, False),
            (missing(name).upper(), "ANY", {46, 47, NXNAME}, False),
        ]:
            owner = dns.name.from_text(owner)
            for flags, rcode in [(0, 0), (CO, 0 if exists else 3)]:
                query = dns.message.make_query(owner, kind, want_dnssec=True)
                query.ednsflags |= flags
                reply = dns.query.tcp(query, HDA, timeout=5)
                why = f"{self.title}: {owner} {kind} CO {bool(flags)}"
                self.check(reply.rcode() == rcode and not reply.answer and reply.flags & dns.flags.AA, f"{why}: {reply}")
                self.check(reply.ednsflags & CO == flags, f"{why}: CO is copied")
                self.answers.validate(reply.authority, why)
                (nsec,) = dnssec_answers.sets(reply.authority, dns.rdatatype.NSEC)
                self.check(nsec.name == owner and types(nsec[0]) == wanted, f"{why}: {nsec}")
                self.check(nsec[0].next == dns.name.Name((b"\0",) + owner.canonicalize().labels), f"{why}: {nsec}")
                self.answers.negative_ttl(reply, why)
            plain = dns.query.tcp(dns.message.make_query(owner, kind), HDA, timeout=5)
            self.check(plain.rcode() == (0 if exists else 3) and len(plain.authority) == 1, f"{self.title}: {owner} {kind} without DO")
        for signatures in (False, True):
            query = dns.message.make_query(name, NXNAME, use_edns=0, want_dnssec=signatures)
            reply = dns.query.udp(query, HDA, timeout=5)
            self.check(reply.rcode() == dns.rcode.FORMERR, f"{self.title}: NXNAME itself: {reply}")
            codes = [option.code for option in reply.options if isinstance(option, dns.edns.EDEOption)]
            self.check(codes == [30], f"{self.title}: NXNAME itself: {codes}")

    def positive(self, name):
        for kind in ("TYPE67", "TLSA", "CERT", "TYPE55", "NSEC", "ANY"):
            self.answers.positive(name, kind)
        for kind in ("SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "NSEC"):
            self.answers.positive(SECURE, kind)
        reply = dns.query.tcp(dns.message.make_query(name, "TYPE67", want_dnssec=True), HDA, timeout=5)
        (signature,) = [rdata for rrset in reply.answer if rrset.rdtype == dns.rdatatype.RRSIG for rdata in rrset]
        self.check(signature.algorithm == ALGORITHMS[self.algorithm], f"{self.title}: {signature}")
        self.check(len(signature.signature) == 64, f"{self.title}: {signature}")

    def everything(self, upper, hda, name, settled=True):
        self.answers.keys, self.answers.now = {}, self.clock.now
        if settled:
            self.positive(name)
            self.by_delv(hda, name)
        self.by_unbound(upper, name)
        self.by_dnsviz(name)
        if self.mode == "compact":
            self.compact(name)
        else:
            if settled:
                self.answers.nodata(name, "TYPE68")
                self.answers.nodata(name.split(".", 3)[3], "TYPE67", empty_non_terminal=True)
                self.answers.nxdomain(missing(name), "TYPE67")
            self.verify_zones(hda, [SECURE])

    def ds(self, upper, hda):
        """What the zone above has as DS follows what is asked for."""
        upper("delegate", 16377, HDA, *hda("ds", SECURE).split("; ")[0].split())

    def roll(self, upper, hda, name):
        """ZSK and KSK, hour by hour; the zone above gets the new DS when it is asked for."""
        before = hda("ds", SECURE)
        hda("roll-zsk", SECURE)
        hda("roll-ksk", SECURE)
        followed, signers = False, set()
        for step in range(10):
            self.clock.now += 1800
            for tree in (upper, hda):
                tree("at", self.clock.now)
            reply = dns.query.tcp(dns.message.make_query(name, "TYPE67", want_dnssec=True), HDA, timeout=5)
            signers |= {rdata.key_tag for rrset in reply.answer if rrset.rdtype == dns.rdatatype.RRSIG for rdata in rrset}
            if hda("ds", SECURE) != before and not followed:
                followed = True
                self.ds(upper, hda)
                hda("ds-published", SECURE)
            if step % 3 == 1:
                self.everything(upper, hda, name, settled=False)
        keys = dns.query.udp(dns.message.make_query(SECURE, "DNSKEY"), HDA, timeout=5).answer[0]
        self.check(followed and len(signers) == 2 and len(keys) == 2, f"{self.title}: {followed}, {signers}, {len(keys)} keys")
        self.everything(upper, hda, name)

    def withdraw(self, upper, hda, name):
        """RFC 8078, section 4: CDS and CDNSKEY of algorithm 0; once the DS is gone the zone is insecure, and still answered."""
        hda("withdraw", SECURE)
        self.clock.now += 120
        for tree in (upper, hda):
            tree("at", self.clock.now)
        for kind, text in (("CDS", "0 0 0 00"), ("CDNSKEY", "0 3 0 AA==")):
            reply = dns.query.tcp(dns.message.make_query(SECURE, kind, want_dnssec=True), HDA, timeout=5)
            found = [str(rdata) for rrset in reply.answer if rrset.rdtype != dns.rdatatype.RRSIG for rdata in rrset]
            self.check(found == [text], f"{self.title}: {kind} {found}")
            self.answers.keys, self.answers.now = {}, self.clock.now
            self.answers.validate(reply.answer, f"{self.title}: {kind}")
        upper("delegate", 16377, HDA)
        self.by_unbound(upper, name, secure=False)
        self.by_dnsviz(name, secure=False)

    def run(self):
        now = self.clock.now
        folder = self.folder / f"{self.mode}-{self.algorithm}"
        with Tree(folder / "upper", UPPER, "upper", now, self.algorithm) as upper, Tree(folder / "hda", HDA, self.mode, now, self.algorithm) as hda:
            name = [hda("publish", index) for index in range(30)][7]
            self.ds(upper, hda)
            self.everything(upper, hda, name)
            hda("remove", 3)
            hda("publish", 31)
            self.roll(upper, hda, name)
            # A fortnight: every signature is renewed.
            for _ in range(14):
                self.clock.now += 86_400
                for tree in (upper, hda):
                    tree("at", self.clock.now)
            self.everything(upper, hda, name)
            self.withdraw(upper, hda, name)
        print(f"{self.title}: {self.passed + self.answers.passed} checks")
        return self.passed + self.answers.passed


def main():
    subprocess.run([name_servers.program("ip"), "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            clock, total = Clock(folder), 0
            for algorithm in ALGORITHMS:
                for mode in ("compact", "nsec"):
                    clock.now = clock.begin
                    total += Mode(folder, clock, mode, algorithm).run()
        except (Wrong, dnssec_answers.Wrong, Failed, dns.exception.DNSException, OSError, subprocess.SubprocessError) as fault:
            print(f"FAILED: {type(fault).__name__}: {fault}", file=sys.stderr)
            return 1
    print(f"dnssec modes: {total} checks, all as they must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
