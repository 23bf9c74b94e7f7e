#!/usr/bin/env python3
"""Name servers that serve the same zones must answer alike: asks all of them the same and compares.

    differential_dns.py --zone-file FILE... --server dime=127.0.0.1:5300 --server knot=127.0.0.1:5301 ...

For every zone file (master-file text): each owner name with every type it has and some it has not, each empty non-terminal, names that do
not exist at every depth, upper-case names, answers that do not fit into 512 octets, TCP, delegations, DS at cuts, names outside. Compared
are rcode, the flags AA, TC, RA, RD, AD, CD, the question as sent, the answer and authority sections with TTLs, and glue in referrals.
Not compared: order of records, compression, what a truncated answer holds, additional data beyond referrals. ANY and RRSIG are not asked: which of many records a server gives is its own affair (RFC 8482).
Exit 0: no difference.
"""

import argparse
import collections
import pathlib
import random
import re
import socket
import struct
import sys
import time

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.zone

Case = collections.namedtuple("Case", "wire kind edns rd tcp why")

DET_TYPES = [67, 68, 55, 37, 52]
# Types that no DET has: A, NS, SOA, PTR, TXT, AAAA, DS, DNSKEY, URI, a private one.
OTHER_TYPES = [1, 2, 6, 12, 16, 28, 43, 48, 256, 65400]
WINDOW = 64
COMPARED_FLAGS = dns.flags.QR | dns.flags.AA | dns.flags.TC | dns.flags.RD | dns.flags.RA | dns.flags.AD | dns.flags.CD


class Unanswered(Exception):
    """A server that does not answer."""


# --- what is asked -------------------------------------------------------------------------------------------------------------


class Zone:
    """Owner names, their types, empty non-terminals and cuts of one zone file."""

    def __init__(self, path):
        text = pathlib.Path(path).read_text()
        soa = re.search(r"^(\S+)\s.*\bSOA\s", text, re.MULTILINE)
        origin = None if soa is None or soa.group(1) == "@" else dns.name.from_text(soa.group(1))
        parsed = dns.zone.from_text(text, origin, relativize=False, check_origin=True)
        self.origin = parsed.origin
        self.types = {name: sorted(rdataset.rdtype for rdataset in node.rdatasets) for name, node in parsed.nodes.items()}
        self.cuts = [name for name, types in self.types.items() if dns.rdatatype.NS in types and name != self.origin]
        cuts = set(self.cuts)
        self.empty = set()
        for name in self.types:
            above = name
            while above != self.origin:
                above = above.parent()
                if above in self.types:
                    continue
                self.empty.add(above)
        self.dets = [n for n, types in self.types.items() if dns.rdatatype.HHIT in types and not any(n.is_subdomain(cut) for cut in cuts)]


def missing_names(zone, count, dice):
    """Names that are not there, by the ways in which a name can be not there."""
    origin = zone.origin.labels
    for index in range(count):
        base = dice.choice(zone.dets).labels if zone.dets else tuple(b"0123456789abcdef"[dice.randrange(16) :][:1] for _ in range(18)) + origin
        own = len(base) - len(origin)
        way = index % 8
        if way < 4:  # one nibble differs, somewhere
            at = dice.randrange(own)
            labels = base[:at] + (b"%x" % dice.randrange(16),) + base[at + 1 :]
        elif way == 4:  # cut short and continued wrongly
            at = dice.randrange(1, own + 1)
            labels = (b"%x" % dice.randrange(16),) + base[at:]
        elif way == 5:  # below a DET
            labels = (dice.choice([b"0", b"*", b"_tcp", b"www"]),) + base
        elif way == 6:  # not a nibble
            at = dice.randrange(own)
            odd = dice.choice([b"g", b"00", b"*", b"\x00", b"\xff", b"-", b"ip6", b"a" * 63, b"\\", b"."])
            labels = base[:at] + (odd,) + base[at + 1 :]
        else:  # random throughout
            labels = tuple(b"%x" % dice.randrange(16) for _ in range(own)) + origin
        name = dns.name.Name(labels) if sum(len(label) + 1 for label in labels) <= 255 else None
        if name is not None:
            yield name


def upper(wire):
    return wire.upper()  # length octets are below 64, so never letters


def cases(zone, dice, missing):
    """Everything that is asked about one zone."""
    kinds = DET_TYPES + OTHER_TYPES
    for index, (name, types) in enumerate(sorted(zone.types.items())):
        wire = name.to_wire()
        for kind in sorted({*types, *(DET_TYPES if name in zone.cuts or name == zone.origin else [])} - {dns.rdatatype.ANY, dns.rdatatype.RRSIG}):
            yield Case(wire, int(kind), 1232, False, False, "owner")
        yield Case(wire, OTHER_TYPES[index % len(OTHER_TYPES)], 1232, False, False, "owner, other type")
        yield Case(upper(wire), kinds[index % len(kinds)], 1232, index % 3 == 0, False, "owner, upper case")
        yield Case(wire, DET_TYPES[index % 5], None, index % 2 == 0, False, "owner, no EDNS")
        if index % 10 == 0:
            for kind in DET_TYPES:
                yield Case(wire, kind, None, False, True, "owner, TCP")
            # With signatures, whether an answer fits depends on how names in RDATA are compressed.
            if not ask_signatures:
                yield Case(wire, DET_TYPES[index // 10 % 5], 512, False, False, "owner, EDNS of 512")
    for kind in kinds:
        yield Case(zone.origin.to_wire(), kind, 1232, True, False, "apex")
        yield Case(zone.origin.to_wire(), kind, None, False, True, "apex, TCP")
    for index, name in enumerate(sorted(zone.empty)):
        yield Case(name.to_wire(), kinds[index % len(kinds)], 1232, False, False, "empty non-terminal")
        if index % 50 == 0:
            yield Case(upper(name.to_wire()), 67, None, True, False, "empty non-terminal, upper case")
    for index, name in enumerate(missing_names(zone, missing, dice)):
        yield Case(name.to_wire(), kinds[index % len(kinds)], 1232 if index % 5 else None, index % 7 == 0, index % 200 == 0, "missing")
    for cut in zone.cuts:
        below = dns.name.Name(tuple(b"%x" % dice.randrange(16) for _ in range(6)) + cut.labels)
        for name, why in [(cut, "cut"), (below, "below a cut")]:
            for kind in kinds:
                yield Case(name.to_wire(), kind, 1232, False, False, why)
    parent = zone.origin.parent()
    for name in [parent, dns.name.from_text("example.com."), dns.name.root, dns.name.Name((b"0" if zone.origin.labels[0] != b"0" else b"4",) + parent.labels)]:
        for kind in (67, 6, 1):
            yield Case(name.to_wire(), kind, 1232, False, False, "outside")


# --- asking --------------------------------------------------------------------------------------------------------------------


# The DO bit in every query with EDNS.
DNSSEC_OK = 0x8000
ask_signatures = False


def query(case, number):
    flags = dns.flags.RD if case.rd else 0
    head = struct.pack("!HHHHHH", number, flags, 1, 0, 0, 0 if case.edns is None else 1)
    opt = b"" if case.edns is None else struct.pack("!BHHBBHH", 0, 41, case.edns, 0, 0, DNSSEC_OK if ask_signatures else 0, 0)
    return head + case.wire + struct.pack("!HH", case.kind, 1) + opt


class Server:
    """One server under comparison."""

    def __init__(self, label, address):
        self.label = label
        host, _, port = address.rpartition(":")
        self.address = (host.strip("[]"), int(port))
        self.socket = socket.socket(socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.settimeout(2.0)
        self.socket.connect(self.address)

    def udp(self, batch):
        """The replies to a batch, in its order."""
        replies, tries = {}, 0
        while len(replies) < len(batch):
            if tries == 4:
                lost = next(case for number, case in enumerate(batch) if number not in replies)
                raise Unanswered(f"{self.label} does not answer {describe(lost)}")
            tries += 1
            waiting = {number for number in range(len(batch)) if number not in replies}
            for number in waiting:
                self.socket.send(query(batch[number], number))
            try:
                while waiting:
                    reply = self.socket.recv(65535)
                    number = int.from_bytes(reply[:2], "big")
                    if number in waiting:
                        waiting.discard(number)
                        replies[number] = reply
            except (TimeoutError, ConnectionRefusedError):
                continue
        return [replies[number] for number in range(len(batch))]

    def tcp(self, batch):
        """The replies to a batch over one connection, one after the other."""
        replies = []
        with socket.create_connection(self.address, timeout=10) as stream:
            for number, case in enumerate(batch):
                message = query(case, number)
                stream.sendall(struct.pack("!H", len(message)) + message)
                length = struct.unpack("!H", exactly(stream, 2, self, case))[0]
                replies.append(exactly(stream, length, self, case))
        return replies


def exactly(stream, count, server, case):
    octets = b""
    while len(octets) < count:
        try:
            part = stream.recv(count - len(octets))
        except TimeoutError:
            part = b""
        if not part:
            raise Unanswered(f"{server.label} closes the connection at {describe(case)}")
        octets += part
    return octets


def describe(case):
    name, _ = dns.name.from_wire(case.wire, 0)
    means = ("TCP" if case.tcp else "UDP") + (", no EDNS" if case.edns is None else f", EDNS {case.edns}") + (", RD" if case.rd else "")
    return f"{name} {dns.rdatatype.to_text(case.kind)} ({case.why}; {means})"


# --- comparing -----------------------------------------------------------------------------------------------------------------


def rrsets(section):
    return frozenset(
        (str(rrset.name).lower(), int(rrset.rdtype), rrset.ttl, frozenset(rdata.to_digestable() for rdata in rrset)) for rrset in section
    )


def outcome(case, reply):
    """What is compared of one reply, as pairs of a label and a value."""
    head = 12 + len(case.wire)
    if reply[12 : head + 4] != case.wire + struct.pack("!HH", case.kind, 1):
        return (("question", reply[12 : head + 4].hex()), ("rcode", reply[3] & 15))
    try:
        message = dns.message.from_wire(reply)
    except Exception as fault:
        return (("unreadable", f"{type(fault).__name__}: {fault}: {reply.hex()}"),)
    flags = message.flags & COMPARED_FLAGS
    parts = [("rcode", dns.rcode.to_text(message.rcode())), ("flags", dns.flags.to_text(flags)), ("EDNS", message.edns >= 0)]
    if not flags & dns.flags.TC:
        parts += [("answer", rrsets(message.answer)), ("authority", rrsets(message.authority))]
        if not flags & dns.flags.AA and message.authority:
            parts.append(("glue", rrsets(message.additional)))
    return tuple(parts)


class Comparison:
    """Compares batch by batch; replies that are octet for octet the same outside their question are decoded once."""

    def __init__(self, servers, report=20):
        self.servers, self.report = servers, report
        self.asked = collections.Counter()
        self.rcodes = collections.Counter()
        self.differences = 0
        self.origin = dns.name.root
        self.seen = {}

    def decoded(self, case, reply):
        # Negative answers of one zone differ only in the question: the same octets after it, at the same place, decode to the same,
        # as long as the only name in them is the zone's own, which every question ends with.
        key = (len(case.wire), case.kind, reply[2:12], reply[12 + len(case.wire) :])
        repeats = case.wire.endswith(self.origin.to_wire()) and reply[12 : 12 + len(case.wire)] == case.wire
        if repeats and key in self.seen:
            return self.seen[key]
        result = outcome(case, reply)
        parts = dict(result)
        if repeats and not parts.get("answer", True) and all(name == str(self.origin) for name, *_ in parts["authority"]):
            self.seen[key] = result
        return result

    def batch(self, batch):
        answers = [server.tcp(batch) if batch[0].tcp else server.udp(batch) for server in self.servers]
        for index, case in enumerate(batch):
            first = self.decoded(case, answers[0][index])
            self.asked[case.why] += 1
            self.rcodes[dict(first).get("rcode")] += 1
            for server, replies in zip(self.servers[1:], answers[1:]):
                other = first if replies[index][2:] == answers[0][index][2:] else self.decoded(case, replies[index])
                if other != first:
                    self.differences += 1
                    if self.differences <= self.report:
                        print(f"DIFFERENT: {describe(case)}", file=sys.stderr)
                        for label in dict.fromkeys([*dict(first), *dict(other)]):
                            ours, theirs = dict(first).get(label), dict(other).get(label)
                            if ours != theirs:
                                print(f"    {label}: {self.servers[0].label}: {show(ours)}", file=sys.stderr)
                                print(f"    {label}: {server.label}: {show(theirs)}", file=sys.stderr)

    def run(self, zone, everything):
        self.origin = zone.origin
        self.seen.clear()
        udp, tcp = [], []
        for case in everything:
            queue = tcp if case.tcp else udp
            queue.append(case)
            if len(queue) == WINDOW:
                self.batch(queue)
                queue.clear()
        for queue in (udp, tcp):
            if queue:
                self.batch(queue)


def show(value):
    if not isinstance(value, frozenset):
        return value
    return [f"{name} {ttl} {dns.rdatatype.to_text(kind)} {sorted(rdata.hex() for rdata in data)}" for name, kind, ttl, data in sorted(value, key=str)]


def compare(zone_files, servers, missing=10_000, seed=1, signatures=False):
    """The number of differences; prints what was asked. With `signatures`, queries with EDNS have the DO bit."""
    global ask_signatures
    ask_signatures = signatures
    dice = random.Random(seed)
    comparison = Comparison([Server(label, address) for label, address in servers])
    started = time.monotonic()
    for path in zone_files:
        zone = Zone(path)
        print(f"zone {zone.origin}: {len(zone.types)} owner names, {len(zone.dets)} DETs, {len(zone.empty)} empty non-terminals, {len(zone.cuts)} cuts")
        comparison.run(zone, cases(zone, dice, missing))
    print(f"asked {' '.join(label for label, _ in servers)} in {time.monotonic() - started:.0f} s:")
    for why, count in comparison.asked.most_common():
        print(f"  {count:8} {why}")
    print(f"rcodes of {servers[0][0]}: {dict(comparison.rcodes)}")
    print(f"{sum(comparison.asked.values())} questions, {comparison.differences} differences")
    return comparison.differences


def main():
    parser = argparse.ArgumentParser(description="Compare the answers of name servers that serve the same zones.")
    parser.add_argument("--zone-file", action="append", required=True, help="master file of a zone; may be given several times")
    parser.add_argument("--server", action="append", required=True, help="LABEL=ADDRESS:PORT; the first is compared with all others")
    parser.add_argument("--missing", type=int, default=10_000, help="how many names that do not exist, for each zone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dnssec", action="store_true", help="set the DO bit in every query with EDNS")
    arguments = parser.parse_args()
    if len(arguments.server) < 2:
        parser.error("at least two --server are needed")
    servers = [tuple(text.split("=", 1)) for text in arguments.server]
    try:
        return 1 if compare(arguments.zone_file, servers, arguments.missing, arguments.seed, arguments.dnssec) else 0
    except (Unanswered, OSError, dns.exception.DNSException) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
