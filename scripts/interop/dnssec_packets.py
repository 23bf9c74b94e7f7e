"""Damaged questions to a signed zone, thousands of them: whatever comes in, the server lives, and what it answers is well formed.

A response must be readable by dnspython to its last octet, answer one of the questions sent (by its ID), have QR set and AD clear, keep
to the size that was asked for, and never answer a readable response. Every so often a good question is asked and its signature validated.
"""

import random
import select
import socket
import struct

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype

BATCH = 100
KINDS = [1, 2, 6, 12, 28, 37, 41, 43, 46, 47, 48, 50, 52, 55, 59, 60, 67, 68, 251, 252, 255, 256, 65535]
MAX_PAYLOAD = 1232


class Wrong(Exception):
    """A response that must not be."""


def base(names, dice):
    """A good question with EDNS and DO."""
    name = dns.name.from_text(dice.choice(names))
    for _ in range(dice.randrange(3)):
        label = bytes(dice.randrange(256) for _ in range(dice.choice([1, 1, 1, 2, 20, 63])))
        name = dns.name.Name((label,) + name.labels) if len(name.to_wire()) + len(label) < 250 else name
    query = dns.message.make_query(name, dice.choice(KINDS), use_edns=0, want_dnssec=True, payload=dice.choice([0, 511, 512, 1231, 1232, 1233, 4096, 65535]))
    query.flags |= dice.choice([0, dns.flags.CD, dns.flags.AD, dns.flags.RD])
    return bytearray(query.to_wire())


def mutate(wire, dice):
    """Up to three damages; one in six stays whole."""
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        way = dice.randrange(12)
        at = dice.randrange(len(wire)) if wire else 0
        if not wire:
            wire += dice.randbytes(dice.randrange(30))
        elif way == 0:
            wire[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            del wire[at:]
        elif way == 2:
            wire[at:at] = dice.randbytes(dice.randrange(1, 40))
        elif way == 3:  # one of the counts
            if len(wire) >= 12:
                struct.pack_into(">H", wire, 4 + 2 * dice.randrange(4), dice.choice([0, 1, 2, 255, 65535]))
        elif way == 4:  # a compression pointer, to itself or elsewhere
            if len(wire) > 14:
                struct.pack_into(">H", wire, dice.randrange(12, len(wire) - 1), 0xC000 | dice.choice([12, at, len(wire), 0x3FFF]))
        elif way == 5:  # flags and opcodes
            if len(wire) >= 4:
                struct.pack_into(">H", wire, 2, dice.randrange(65536))
        elif way == 6:  # another OPT, with options
            option = struct.pack(">HH", dice.randrange(20), dice.randrange(12)) + dice.randbytes(dice.randrange(12))
            wire += b"\0" + struct.pack(">HHIH", 41, 4096, dice.choice([0x8000, 0x018000, 0xFF008000]), len(option)) + option
            if len(wire) >= 12:
                struct.pack_into(">H", wire, 10, dice.choice([1, 2]))
        elif way == 7:  # a label that is too long, or of an unknown kind
            if len(wire) > 12:
                wire[12] = dice.choice([0x40, 0x80, 0x41, 0x3F, 0xFF])
        elif way == 8:  # two questions
            if len(wire) >= 12:
                wire[12:12] = b"\x015" * dice.randrange(1, 40) + b"\0\0\x43\0\1"
                struct.pack_into(">H", wire, 4, 2)
        elif way == 9:
            wire = bytearray(dice.randbytes(dice.randrange(600)))
        elif way == 10:  # a record in a section where none belongs
            wire += b"\xc0\x0c" + struct.pack(">HHIH", dice.choice(KINDS), dice.choice([1, 3, 254, 255]), dice.randrange(1 << 32), dice.choice([0, 4, 65535])) + b"abcd"
            if len(wire) >= 12:
                struct.pack_into(">H", wire, 6 + 2 * dice.randrange(3), 1)
        else:
            wire[at : at + 2] = b"\xff\xff"
    return bytes(wire[:4000])


def judge(response, sent):
    """A response against the questions that were sent under its ID."""
    if len(response) < 12:
        raise Wrong(f"{len(response)} octets: {response.hex()}")
    identity, flags = struct.unpack_from(">HH", response)
    if identity not in sent:
        raise Wrong(f"an answer to nothing: {response.hex()}")
    question = sent[identity]
    if not flags & dns.flags.QR or flags & (dns.flags.AD | dns.flags.RA):
        raise Wrong(f"flags {flags:04x} for {question.hex()}")
    is_response = len(question) >= 4 and struct.unpack_from(">H", question, 2)[0] & dns.flags.QR
    # hickory-server gives FORMERR to what it cannot read before it looks at QR: a header, to which nobody answers again, so no loop.
    if is_response and not (len(response) == 12 and flags & 0xF == dns.rcode.FORMERR):
        raise Wrong(f"a response was answered: {question.hex()}")
    try:
        # With the opcode of a query: dnspython wants more of an UPDATE than its octets.
        message = dns.message.from_wire(response[:2] + bytes([response[2] & 0x87]) + response[3:])
    except (dns.exception.DNSException, ValueError) as fault:
        raise Wrong(f"{type(fault).__name__} {fault} in {response.hex()} for {question.hex()}") from fault
    limit = MAX_PAYLOAD if message.edns >= 0 else 512
    if len(response) > limit:
        raise Wrong(f"{len(response)} octets, at most {limit}, for {question.hex()}")
    if message.flags & dns.flags.TC and (message.answer or message.authority):
        raise Wrong(f"a part of an answer for {question.hex()}")
    if message.rcode() != dns.rcode.NOERROR and message.answer:
        raise Wrong(f"{dns.rcode.to_text(message.rcode())} with an answer for {question.hex()}")
    return dns.rcode.to_text(message.rcode())


def alive(server, name, zone, now):
    """A good question is answered, and the signature is good."""
    found = []
    for asked, kind in ((name, "TYPE67"), (zone, "DNSKEY")):
        reply = dns.query.tcp(dns.message.make_query(asked, kind, want_dnssec=True), server, timeout=5)
        found.append(reply.answer)
    (data, signature), (keys, _) = ([rrset for rrset in answer] for answer in found)
    dns.dnssec.validate(data, signature, {dns.name.from_text(zone): keys}, now=now)


def udp(server, names, count, good, seed):
    """Sends `count` damaged questions and judges what comes back; returns how often each rcode came."""
    dice = random.Random(seed)
    outcomes = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.connect((server, 53))
        for start in range(0, count, BATCH):
            sent = {}
            for number in range(min(BATCH, count - start)):
                wire = bytearray(mutate(base(names, dice), dice))
                identity = start + number & 0xFFFF
                wire[:2] = struct.pack(">H", identity)
                sent[identity] = bytes(wire)
                sock.send(wire)
            # The last is a good one: once it is answered, and nothing more comes, all are.
            last = dns.message.make_query(names[0], "SOA", want_dnssec=True, id=(start + BATCH) & 0xFFFF)
            sent[last.id] = last.to_wire()
            sock.send(sent[last.id])
            seen = False
            while select.select([sock], [], [], 0.002 if seen else 5)[0]:
                response = sock.recv(65535)
                outcome = judge(response, sent)
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                seen = seen or response[:2] == sent[last.id][:2]
            if not seen:
                raise Wrong(f"no answer after {start} damaged questions")
            if start % 2000 == 0:
                good()
    return outcomes


def tcp(server, names, count, good, seed):
    """The same over TCP, the length right or wrong, several to a connection."""
    dice = random.Random(seed)
    answered = 0
    for _ in range(count):
        sent, octets = {}, b""
        for identity in range(dice.randrange(1, 4)):
            wire = bytearray(mutate(base(names, dice), dice))
            wire[:2] = struct.pack(">H", identity)
            sent[identity] = bytes(wire)
            length = len(wire) if dice.randrange(4) else dice.randrange(65536)
            octets += struct.pack(">H", length) + wire
            if length != len(wire):
                break
        with socket.create_connection((server, 53), timeout=5) as sock:
            sock.sendall(octets)
            sock.shutdown(socket.SHUT_WR)
            received = b""
            try:
                while piece := sock.recv(65536):
                    received += piece
            except ConnectionResetError:
                pass
        while len(received) >= 2 + int.from_bytes(received[:2], "big") > 2:
            length = int.from_bytes(received[:2], "big")
            response, received = received[2 : 2 + length], received[2 + length :]
            dns.message.from_wire(response[:2] + bytes([response[2] & 0x87]) + response[3:])
            if int.from_bytes(response[:2], "big") not in sent or not response[2] & 0x80:
                raise Wrong(f"{response.hex()} for {octets.hex()}")
            answered += 1
    good()
    return answered
