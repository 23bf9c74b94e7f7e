"""What the answers of a signed zone hold, octet by octet where it matters: with DO and without, over UDP and TCP, at both sides of a cut.

dnspython reads and validates; the rules are those of RFC 4035, section 3.1, RFC 6840 and RFC 9077.
"""

import socket

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype

RRSIG, NSEC, SOA, NS, DS = (dns.rdatatype.from_text(word) for word in ("RRSIG", "NSEC", "SOA", "NS", "DS"))


class Wrong(Exception):
    """An answer that is not as it must be."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def ask(server, name, kind, signatures=True, payload=1232, flags=0, tcp=False):
    """The answer over one transport, and the size of a datagram. `payload` 0 is a question without EDNS."""
    query = dns.message.make_query(name, kind, use_edns=0 if payload else -1, want_dnssec=signatures and bool(payload), payload=payload or None)
    query.flags |= flags
    if tcp:
        reply = dns.query.tcp(query, server, timeout=5)
        size = 0
    else:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.connect((server, 53))
            sock.send(query.to_wire())
            octets = sock.recv(65535)
        reply, size = dns.message.from_wire(octets), len(octets)
    expect(reply.question == query.question and reply.id == query.id, f"{name} {kind}: the question comes back")
    expect(not reply.flags & (dns.flags.AD | dns.flags.RA), f"{name} {kind}: an authority validates nothing and recurses for nobody")
    expect((reply.flags ^ query.flags) & (dns.flags.CD | dns.flags.RD) == 0, f"{name} {kind}: CD and RD are copied")
    expect((reply.edns >= 0) == (query.edns >= 0), f"{name} {kind}: EDNS for who speaks it")
    expect(bool(reply.ednsflags & dns.flags.DO) == bool(query.ednsflags & dns.flags.DO), f"{name} {kind}: DO is copied")
    return reply, size


def sets(section, kind=None):
    return [rrset for rrset in section if rrset.rdtype not in (RRSIG,) and (kind is None or rrset.rdtype == kind)]


def covers(nsec, name):
    """Whether an NSEC record proves that a name is not there."""
    owner, following = nsec.name, nsec[0].next
    return owner < name and (name < following or following <= owner)


def has_type(nsec, kind):
    return any(bitmap[kind % 256 // 8] & 0x80 >> kind % 8 for window, bitmap in nsec[0].windows if window == kind // 256 and len(bitmap) > kind % 256 // 8)


class Answers:
    """Asks one server about its signed zones and counts what held."""

    def __init__(self, server, now):
        self.server, self.now, self.keys, self.passed = server, now, {}, 0

    def check(self, condition, what):
        expect(condition, what)
        self.passed += 1

    def validate(self, section, why, unsigned=()):
        """Every set of a section is signed by its zone's keys, but those that must not be."""
        for rrset in sets(section):
            signatures = [found for found in section if found.rdtype == RRSIG and found.name == rrset.name and found.covers == rrset.rdtype]
            if rrset.rdtype in unsigned:
                self.check(not signatures, f"{why}: {rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} is not ours to sign")
                continue
            self.check(len(signatures) == 1, f"{why}: no signature of {rrset.name} {dns.rdatatype.to_text(rrset.rdtype)}")
            signer = signatures[0][0].signer
            if signer not in self.keys:
                reply, _ = ask(self.server, signer, "DNSKEY", tcp=True)
                self.keys[signer] = sets(reply.answer)[0]
            dns.dnssec.validate(rrset, signatures[0], {signer: self.keys[signer]}, now=self.now)
            self.check(all(found.ttl <= signatures[0][0].original_ttl for found in (rrset, signatures[0])), f"{why}: TTL")
            self.passed += 1

    def plain(self, name, kind):
        """Without DO: the same without a single record of the signing, and the same code."""
        signed, _ = ask(self.server, name, kind, tcp=True)
        bare, _ = ask(self.server, name, kind, signatures=False, tcp=True)
        self.check(bare.rcode() == signed.rcode() and bare.flags & dns.flags.AA == signed.flags & dns.flags.AA, f"{name} {kind} without DO")
        extra = [rrset for rrset in bare.answer + bare.authority if rrset.rdtype in (RRSIG, NSEC, DS) and dns.rdatatype.to_text(rrset.rdtype) != kind]
        self.check(not extra, f"{name} {kind} without DO: {extra}")
        return signed

    def positive(self, name, kind):
        reply = self.plain(name, kind)
        self.check(reply.rcode() == 0 and sets(reply.answer) and reply.flags & dns.flags.AA, f"{name} {kind} is there")
        self.validate(reply.answer, f"{name} {kind}")

    def nodata(self, name, kind, empty_non_terminal=False):
        reply = self.plain(name, kind)
        why = f"{name} {kind} NODATA"
        self.check(reply.rcode() == 0 and not reply.answer and reply.flags & dns.flags.AA, why)
        self.validate(reply.authority, why)
        (nsec,) = sets(reply.authority, NSEC)
        wanted = dns.name.from_text(name)
        if empty_non_terminal:
            self.check(covers(nsec, wanted) and nsec[0].next.is_subdomain(wanted), f"{why}: {nsec} of an empty non-terminal")
        else:
            self.check(nsec.name == wanted and not has_type(nsec, dns.rdatatype.from_text(kind)), f"{why}: {nsec}")
        self.negative_ttl(reply, why)

    def nxdomain(self, name, kind):
        reply = self.plain(name, kind)
        why = f"{name} {kind} NXDOMAIN"
        self.check(reply.rcode() == dns.rcode.NXDOMAIN and not reply.answer and reply.flags & dns.flags.AA, why)
        self.validate(reply.authority, why)
        proofs = sets(reply.authority, NSEC)
        wanted = dns.name.from_text(name)
        spanning = [nsec for nsec in proofs if covers(nsec, wanted)]
        self.check(spanning, f"{why}: {proofs}")
        above = max(
            (wanted.fullcompare(other)[2] for other in (spanning[0].name, spanning[0][0].next)),
        )
        wildcard = dns.name.Name((b"*",) + wanted.labels[len(wanted.labels) - above :])
        self.check(any(covers(nsec, wildcard) for nsec in proofs), f"{why}: {wildcard} is not denied by {proofs}")
        self.negative_ttl(reply, why)

    def negative_ttl(self, reply, why):
        """RFC 2308 and RFC 9077: the lesser of the SOA's TTL and MINIMUM, in SOA and NSEC alike."""
        (soa,) = sets(reply.authority, SOA)
        for rrset in reply.authority:
            self.check(rrset.ttl <= soa[0].minimum, f"{why}: TTL of {rrset}")

    def referral(self, zone, secure):
        name = f"5.{zone}"
        reply = self.plain(name, "TYPE67")
        why = f"{name}: referral"
        self.check(reply.rcode() == 0 and not reply.flags & dns.flags.AA and not reply.answer, why)
        self.validate(reply.authority, why, unsigned=(NS,))
        self.validate(reply.additional, why, unsigned=(1, 28))
        ds, nsec = sets(reply.authority, DS), sets(reply.authority, NSEC)
        if secure:
            self.check(len(ds) == 1 and not nsec, f"{why} with DS")
        else:
            self.check(not ds and len(nsec) == 1 and nsec[0].name == dns.name.from_text(zone), f"{why} without DS")
            self.check(has_type(nsec[0], NS) and not has_type(nsec[0], DS) and not has_type(nsec[0], SOA), f"{why}: {nsec}")

    def transports(self, name, kind):
        """TC where it does not fit, whole over TCP; never more than was asked for, nor than 1232."""
        whole, _ = ask(self.server, name, kind, tcp=True)
        for payload in (0, 512, 700, 1232, 4096, 65535):
            for flags in (0, dns.flags.CD, dns.flags.AD, dns.flags.RD | dns.flags.CD):
                reply, size = ask(self.server, name, kind, payload=payload, flags=flags)
                self.check(size <= max(512, min(payload or 512, 1232)), f"{name} {kind}: {size} octets for {payload}")
                if reply.flags & dns.flags.TC:
                    self.check(not reply.answer and not reply.authority, f"{name} {kind}: a part of an answer")
                elif payload:
                    self.check(reply.answer == whole.answer and reply.authority == whole.authority, f"{name} {kind}: as over TCP")
