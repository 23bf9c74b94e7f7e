"""Judges C509 objects with libraries that share no code with dime: cbor2 for the CBOR, cryptography for X.509 and the signatures.

One object a line on stdin, as JSON: {"name", "cbor": hex, "kind": 2 or 3, "x509": hex or null, "key": DER of the signer's public key in hex
or null}. For each: the CBOR is the deterministic encoding of what cbor2 reads, the fields of a certificate are those that cryptography
reads from the X.509 certificate, and the signature is the key's. Prints one line for each fault and a last line that counts.
"""

import datetime
import io
import json
import sys

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

NUMBER = {"2.5.29.14": 1, "2.5.29.15": 2, "2.5.29.17": 3, "2.5.29.19": 4, "2.5.29.31": 5, "2.5.29.32": 6, "2.5.29.35": 7, "2.5.29.37": 8}


def unix(moment):
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


def items(octets):
    """The octets of each item behind the array's head."""
    stream = io.BytesIO(octets[1:])
    decoder = cbor2.CBORDecoder(stream)
    parts, start = [], 0
    for _ in range(octets[0] - 0x80):
        decoder.decode()
        parts.append(octets[1:][start : stream.tell()])
        start = stream.tell()
    return parts


def signed_by(key, signature, message, algorithm):
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        digest = {0: hashes.SHA256(), 1: hashes.SHA384()}[algorithm]
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise ValueError(f"a key of type {type(key)}")


def same_fields(fields, certificate):
    """What cryptography reads from the X.509 certificate is what cbor2 reads here."""
    wrong = []
    if int.from_bytes(fields[1], "big") != certificate.serial_number:
        wrong.append("serial number")
    if fields[4] != unix(certificate.not_valid_before_utc):
        wrong.append("notBefore")
    end = None if certificate.not_valid_after_utc.year == 9999 else unix(certificate.not_valid_after_utc)
    if fields[5] != end:
        wrong.append("notAfter")
    if (fields[3] is None) != (certificate.issuer == certificate.subject):
        wrong.append("issuer")
    extensions = fields[9]
    if isinstance(extensions, int):
        extensions = [2 if extensions >= 0 else -2, abs(extensions)]
    found = [
        (abs(key), key < 0) if isinstance(key, int) else (None, isinstance(value, list))
        for key, value in zip(extensions[::2], extensions[1::2])
    ]
    expected = [(NUMBER.get(extension.oid.dotted_string), extension.critical) for extension in certificate.extensions]
    if len(found) != len(expected) or any(a[1] != b[1] or (b[0] and a[0] != b[0]) for a, b in zip(found, expected)):
        wrong.append(f"extensions {found} are not {expected}")
    return wrong


def judge(case):
    octets = bytes.fromhex(case["cbor"])
    faults = []
    fields = cbor2.loads(octets)
    if cbor2.dumps(fields, canonical=True) != octets:
        faults.append("cbor2 writes it otherwise")
    if fields[0] != case["kind"]:
        faults.append(f"type {fields[0]}")
    message = b"".join(items(octets)[:-1])
    if case["x509"]:
        der = bytes.fromhex(case["x509"])
        if len(fields) == 11:
            certificate = x509.load_der_x509_certificate(der)
            faults += same_fields(fields, certificate)
            message = certificate.tbs_certificate_bytes
        else:
            message = x509.load_der_x509_csr(der).tbs_certrequest_bytes
    if case["key"]:
        key = serialization.load_der_public_key(bytes.fromhex(case["key"]))
        try:
            signed_by(key, fields[-1], message, fields[2] if len(fields) == 11 else fields[1])
        except Exception as error:
            faults.append(f"the signature: {error!r}")
    return faults


def main():
    count = bad = 0
    for line in sys.stdin:
        case = json.loads(line)
        count += 1
        for fault in judge(case):
            bad += 1
            print(f"{case['name']}: {fault}")
    print(f"{count} objects, {bad} faults")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
