"""Makes registration tokens with pycose and cbor2, good ones and hostile ones, for dime to judge; and judges dime's.

`registration_token.py make SEED DET NOW CSR OTHER`: prints one line of JSON for each token: {"name", "token"}. SEED (32 octets), DET (16), CSR
and OTHER, the request of another key, are in hex, NOW in Unix seconds.
`registration_token.py judge TOKEN`: reads a token of dime's with pycose and prints what it says, the signature verified.
`registration_token.py reply REPLY`: reads a reply of dime's with cbor2.
"""

import json
import sys

import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, Sign1Message

EXP, NBF, IAT, CNF = 4, 5, 6, 8


def raw_public(seed):
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def confirmed(hi):
    return {1: {1: 1, -1: 6, -2: hi}}


def deterministic(value):
    return cbor2.dumps(value, canonical=True)


def ordered(claims):
    """Bytewise order of the encoded keys, as RFC 8949, section 4.2.1 has it; cbor2's canonical order is that of RFC 7049."""
    return cbor2.dumps(dict(sorted(claims.items(), key=lambda item: cbor2.dumps(item[0]))))


def signed(payload, seed, det, protected=None):
    header = protected if protected is not None else {Algorithm: EdDSA, KID: det}
    message = Sign1Message(phdr=header, payload=payload)
    message.key = OKPKey(crv=Ed25519, x=raw_public(seed), d=seed)
    return message.encode()


def wrapped(sign1):
    return b"\xd8\x3d" + sign1


def by_hand(protected, payload, seed, unprotected=None, tag=18):
    """The envelope with a protected header of any octets, rightly signed."""
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(to_sign)
    return wrapped(cbor2.dumps(cbor2.CBORTag(tag, [protected, unprotected or {}, payload, signature])))


def tokens(seed, det, now, csr, other_csr):
    hi = raw_public(seed)
    other = bytes(range(32))
    claims = {IAT: now, CNF: confirmed(hi), "kind": "aircraft"}
    rich = claims | {
        EXP: now + 86400,
        NBF: now - 60,
        "csr": csr,
        "contact": "pilot@example.org",
        "serial_number": "8653F02T7B8RA85D19LX",
    }
    header = cbor2.dumps({1: -8, 4: det})
    good = wrapped(signed(ordered(claims), seed, det))
    flipped = bytearray(good)
    flipped[-1] ^= 1
    backwards = cbor2.dumps(dict(reversed(sorted(claims.items(), key=lambda item: cbor2.dumps(item[0])))))
    doubled = b"\xa4" + ordered(claims)[1:] + cbor2.dumps("kind") + cbor2.dumps("aircraft")
    yield "good", good
    yield "good, everything", wrapped(signed(ordered(rich), seed, det))
    yield "good, typ", by_hand(cbor2.dumps({1: -8, 4: det, 16: 61}), ordered(claims), seed)
    yield "good, typ as text", by_hand(cbor2.dumps({1: -8, 4: det, 16: "application/cwt"}), ordered(claims), seed)
    yield "wrong alg", by_hand(cbor2.dumps({1: -7, 4: det}), ordered(claims), seed)
    yield "no alg", by_hand(cbor2.dumps({4: det}), ordered(claims), seed)
    yield "no kid", by_hand(cbor2.dumps({1: -8}), ordered(claims), seed)
    yield "kid of another place", by_hand(cbor2.dumps({1: -8, 4: det[:7] + bytes([det[7] ^ 1]) + det[8:]}), ordered(claims), seed)
    yield "kid that is no DET", by_hand(cbor2.dumps({1: -8, 4: b"\x20\x01\x0d\xb8" + det[4:]}), ordered(claims), seed)
    yield "kid unprotected", by_hand(cbor2.dumps({1: -8}), ordered(claims), seed, unprotected={4: det})
    yield "a second key unprotected", by_hand(header, ordered(claims), seed, unprotected={-1: raw_public(other)})
    yield "critical header", by_hand(cbor2.dumps({1: -8, 2: [99], 4: det, 99: 1}), ordered(claims), seed)
    yield "key of another", wrapped(signed(ordered(claims | {CNF: confirmed(raw_public(other))}), seed, det))
    yield "signed by another", by_hand(header, ordered(claims), other)
    yield "signature flipped", bytes(flipped)
    two = {1: {1: 1, -1: 6, -2: hi}, 3: b"another"}
    yield "two keys in cnf", wrapped(signed(ordered(claims | {CNF: two}), seed, det))
    yield "private key in cnf", wrapped(signed(ordered(claims | {CNF: {1: {1: 1, -1: 6, -2: hi, -4: seed}}}), seed, det))
    yield "key of another curve", wrapped(signed(ordered(claims | {CNF: {1: {1: 1, -1: 4, -2: hi}}}), seed, det))
    yield "no cnf", wrapped(signed(ordered({IAT: now, "kind": "aircraft"}), seed, det))
    yield "no iat", wrapped(signed(ordered({CNF: confirmed(hi), "kind": "aircraft"}), seed, det))
    yield "unknown claim", wrapped(signed(ordered(claims | {"colour": "red"}), seed, det))
    yield "unknown number", wrapped(signed(ordered(claims | {1: "me"}), seed, det))
    yield "map out of order", wrapped(signed(backwards, seed, det))
    yield "claim doubled", wrapped(signed(doubled, seed, det))
    yield "long integers", wrapped(signed(ordered(claims).replace(b"\x06\x1a", b"\x06\x1b\x00\x00\x00\x00", 1), seed, det))
    yield "indefinite map", wrapped(signed(b"\xbf" + ordered(claims)[1:] + b"\xff", seed, det))
    yield "claims trailing", wrapped(signed(ordered(claims) + b"\x00", seed, det))
    yield "token trailing", good + b"\x00"
    yield "no tag 61", good[2:]
    yield "no tag 18", good[:2] + good[3:]
    yield "tag 98", by_hand(header, ordered(claims), seed, tag=98)
    yield "tags swapped", b"\xd2\xd8\x3d" + good[3:]
    yield "expired", wrapped(signed(ordered(claims | {EXP: now}), seed, det))
    yield "not yet valid", wrapped(signed(ordered(claims | {NBF: now + 1}), seed, det))
    yield "from the future", wrapped(signed(ordered(claims | {IAT: now + 301}), seed, det))
    yield "csr of another key", wrapped(signed(ordered(rich | {"csr": other_csr}), seed, det))
    yield "serial number twice", wrapped(signed(ordered(rich | {"serial_number": "8653F02T7B8RA85D19LY"}), seed, det))


def judge(token):
    assert token[:2] == b"\xd8\x3d", "tag 61"
    message = CoseMessage.decode(token[2:])
    claims = cbor2.loads(message.payload)
    assert ordered(claims) == message.payload, "deterministic"
    assert message.uhdr == {}
    key = claims[CNF][1]
    assert key[1] == 1 and key[-1] == 6 and len(key) == 3
    message.key = OKPKey(crv=Ed25519, x=key[-2])
    assert message.verify_signature(), "signature"
    plain = {str(name): value.hex() if isinstance(value, bytes) else str(value) for name, value in claims.items() if name != CNF}
    return {"kid": message.phdr[KID].hex(), "alg": str(message.phdr[Algorithm].fullname), "hi": key[-2].hex(), "claims": plain}


def reply(octets):
    found = cbor2.loads(octets)
    assert ordered(found) == octets, "deterministic"
    # cbor2 reads tag 54 as an address where it knows it.
    det = found["det"]
    det = det.value.hex() if isinstance(det, cbor2.CBORTag) else det.packed.hex()
    chain = [endorsement.hex() for endorsement in found["endorsements"]]
    objects = {name: found[name].hex() for name in ("certificate", "c509") if name in found}
    return {"id": found["id"], "det": det, "state": found["state"], "endorsements": chain} | objects


def main():
    verb, *arguments = sys.argv[1:]
    if verb == "make":
        seed, det, now, csr, other = arguments
        made = tokens(bytes.fromhex(seed), bytes.fromhex(det), int(now), bytes.fromhex(csr), bytes.fromhex(other))
        for name, token in made:
            print(json.dumps({"name": name, "token": token.hex()}))
    elif verb == "judge":
        print(json.dumps(judge(bytes.fromhex(arguments[0]))))
    else:
        print(json.dumps(reply(bytes.fromhex(arguments[0]))))


if __name__ == "__main__":
    main()
