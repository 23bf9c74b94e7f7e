"""Broadcast Remote ID (ASTM F3411-22a) and DRIP on it (RFC 9575), read with libraries that dime does not use.

Every reader either returns what it read or raises `Wrong` with one sentence that names the object and the fault.
"""

import dataclasses
import functools

from Crypto.Hash import cSHAKE128

from drip_objects import Endorsement, Wrong, check_det, check_signature

MESSAGE = 25
PAYLOAD = 23
NAMES = {0: "Basic ID", 1: "Location", 2: "Authentication", 3: "Self ID", 4: "System", 5: "Operator ID", 15: "Message Pack"}
WRAPPABLE = (0, 1, 3, 4, 5)


def auth_hash(octets):
    """The 64 bits by which a Manifest names a message."""
    return cSHAKE128.new(data=octets, custom=b"Remote ID Auth Hash").read(8)


def xor(payloads):
    return bytes(functools.reduce(lambda one, other: [a ^ b for a, b in zip(one, other)], payloads))


def split(stream):
    """A stream of messages and packs; packs are given as the tuple of their messages."""
    found, at = [], 0
    while at < len(stream):
        kind, version = stream[at] >> 4, stream[at] & 15
        if kind not in NAMES or version > 2:
            raise Wrong(f"octet {at} begins no message")
        if kind == 15:
            size, count = stream[at + 1], stream[at + 2]
            if size != MESSAGE or not 1 <= count <= 9:
                raise Wrong(f"octet {at}: a pack of {count} messages of {size} octets")
            end = at + 3 + count * MESSAGE
            octets = stream[at:end]
            if len(octets) != 3 + count * MESSAGE:
                raise Wrong(f"octet {at}: the pack is cut short")
            found.append((octets, tuple(octets[3 + MESSAGE * i:][:MESSAGE] for i in range(count))))
        else:
            end = at + MESSAGE
            if len(stream) < end:
                raise Wrong(f"octet {at}: the message is cut short")
            found.append((stream[at:end], None))
        at = end
    return found


@dataclasses.dataclass
class Authentication:
    data: bytes
    timestamp: int
    parity: bool
    pages: int


def assemble(pages):
    """An authentication message of all of its pages, in order."""
    for number, page in enumerate(pages):
        if page[0] != 0x22 or page[1] != 0x50 | number:
            raise Wrong(f"page {number} begins {page[:2].hex()}")
    payloads = [page[2:] for page in pages]
    last, length = payloads[0][0], payloads[0][1]
    if last != len(pages) - 1:
        raise Wrong(f"page 0 says the last page is {last}, there are {len(pages)}")
    if not 1 <= length <= 201:
        raise Wrong(f"length {length}")
    stream = b"".join(payloads)
    end = 6 + length
    data, rest = stream[6:end], stream[end:]
    if len(data) != length:
        raise Wrong("the data do not fit the pages")
    parity = False
    if rest:
        count, after = rest[0], rest[1:]
        if count == 0:
            if any(after) or len(after) >= PAYLOAD:
                raise Wrong("there is something behind data without additional data")
        else:
            if count != len(after) or count - PAYLOAD not in range(PAYLOAD):
                raise Wrong(f"additional data of {count} octets where {len(after)} are left")
            if any(after[: count - PAYLOAD]):
                raise Wrong("the padding is not zero")
            if xor(payloads[:-1]) != payloads[-1]:
                raise Wrong("the last page is not the parity of the others")
            parity = True
    if parity and last != -(-(7 + length) // PAYLOAD):
        raise Wrong(f"{last} pages of data for {length} octets")
    if not parity and last != -(-(length - 17) // PAYLOAD if length > 17 else 0):
        raise Wrong(f"{last + 1} pages for {length} octets without parity")
    return Authentication(data, int.from_bytes(payloads[0][2:6], "little"), parity, len(pages))


def recover(pages, lost):
    """The pages with the lost one made again from the others."""
    return [page if number != lost else bytes([0x22, 0x50 | number]) + xor([p[2:] for i, p in enumerate(pages) if i != number]) for number, page in enumerate(pages)]


@dataclasses.dataclass
class Evidence:
    vnb: int
    vna: int
    evidence: bytes
    ua: bytes
    signature: bytes
    signed: bytes

    @classmethod
    def read(cls, what, octets):
        if not 88 <= len(octets) <= 200:
            raise Wrong(f"{what}: {len(octets)} octets")
        little = functools.partial(int.from_bytes, byteorder="little")
        return cls(little(octets[:4]), little(octets[4:8]), octets[8:-80], octets[-80:-64], octets[-64:], octets[:-64])

    def verify(self, what, hi, wrapped=None):
        check_det(what, self.ua, hi)
        signed = self.signed
        if wrapped is not None:
            signed = signed[:8] + wrapped + signed[8:]
        check_signature(what, hi, self.signature, signed)


def link(data):
    """The endorsement in a Link."""
    if data[0] != 1 or len(data) != 137:
        raise Wrong(f"a Link of {len(data)} octets that begins {data[:1].hex()}")
    return Endorsement.read("Link", data[1:])


def wrapped(what, octets):
    """The messages in a Wrapper."""
    messages = [octets[at : at + MESSAGE] for at in range(0, len(octets), MESSAGE)]
    if not 1 <= len(messages) <= 4 or len(messages[-1]) != MESSAGE:
        raise Wrong(f"{what}: {len(octets)} octets of messages")
    kinds = [message[0] >> 4 for message in messages]
    if any(kind not in WRAPPABLE for kind in kinds) or kinds != sorted(kinds):
        raise Wrong(f"{what}: messages of types {kinds}")
    return messages


def manifest(what, octets):
    """Previous, current, Link, messages; the current hash as in Appendix B."""
    hashes = [octets[at : at + 8] for at in range(0, len(octets), 8)]
    if not 3 <= len(hashes) <= 14 or len(hashes[-1]) != 8:
        raise Wrong(f"{what}: {len(octets)} octets of hashes")
    previous, current, link_hash, *messages = hashes
    if current != auth_hash(previous + bytes(8) + link_hash + b"".join(messages)):
        raise Wrong(f"{what}: its current hash is not that of the others")
    return previous, current, link_hash, messages


def basic_id_det(message):
    """The DET in a Basic ID."""
    if message[1] >> 4 != 4 or message[2] != 1 or any(message[19:]):
        raise Wrong(f"Basic ID {message.hex()} holds no DET")
    return message[3:19]

