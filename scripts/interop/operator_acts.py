"""What a registrant without any token can do with an operator's key, and what it cannot.

Keys and CSRs by `cryptography`, HTTP Message Signatures (RFC 9421) by `http-message-signatures`, attestations written octet by octet.
"""

import base64
import datetime
import json
import pathlib
import sys
import tempfile
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

import dime_process
from dime_process import Dime
from drip_objects import DRIP_EPOCH, Wrong, derive, det_bytes
from verify_registration import LiveDns, anchors_in, verify, verify_gone

COVERED = ("@method", "@path")


class Failed(Exception):
    """The answer is not the one it has to be."""


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self.key = key

    def resolve_private_key(self, key_id):
        return self.key

    def resolve_public_key(self, key_id):
        return self.key.public_key()


class Message:
    """What the signing library wants to know of a request."""

    def __init__(self, method, url, headers, body):
        self.method, self.url, self.headers, self.body = method, url, headers, body


def csr(key):
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, None)
    return base64.b64encode(request.public_bytes(Encoding.DER)).decode()


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Door:
    """The HTTP door of one dime."""

    def __init__(self, dime):
        self.dime = dime

    def send(self, method, path, body=None, token=None, signer=None, created=None, covered=COVERED, change=None):
        """Status and JSON. `signer` is (DET, key); `change` is what happens to the body after it was signed."""
        octets = b"" if body is None else json.dumps(body).encode()
        message = Message(method, self.dime.http + path, {"Content-Type": "application/json"} if octets else {}, octets)
        if token is not None:
            message.headers["Authorization"] = f"Bearer {token}"
        if signer is not None:
            HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=OneKey(signer[1])).sign(
                message, key_id=signer[0], covered_component_ids=covered, created=created, body=octets if octets else None
            )
        if change is not None:
            octets = change(octets)
        return self.send_message(message, octets)

    def send_message(self, message, octets):
        request = urllib.request.Request(message.url, data=octets or None, method=message.method, headers=dict(message.headers))
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as fault:
            return fault.code, json.load(fault)


def expect(what, answer, status, slug=None):
    got, document = answer
    if got != status or (slug is not None and not document.get("type", "").endswith("/" + slug)):
        raise Failed(f"{what}: {got} {json.dumps(document)}, expected {status} {slug or ''}")
    print(f"{what}: {got} {slug or ''}")
    return document


def attestation(operator_det, operator_key, det, hi, vnb, vna):
    body = (vnb - DRIP_EPOCH).to_bytes(4, "little") + (vna - DRIP_EPOCH).to_bytes(4, "little") + det + hi + operator_det
    return base64.b64encode(body + operator_key.sign(body)).decode()


def run(dime):
    door, token = Door(dime), dime.token_file.read_text().strip()
    now = datetime.datetime.now(datetime.timezone.utc)
    unix = int(now.timestamp())
    operator_key, other_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()

    # Without a token an operator waits for a person.
    waiting = expect("operator without a token", door.send("POST", "/v1/registrations", {"kind": "operator", "csr": csr(operator_key)}), 202)
    early = {"kind": "session", "csr": csr(Ed25519PrivateKey.generate()), "operator": waiting["det"]}
    expect("session of a waiting operator", door.send("POST", "/v1/registrations", early, signer=(waiting["det"], operator_key)), 401)
    verify_gone(det_bytes(waiting["det"]), LiveDns(dime.dns), told=lambda _: None)
    expect("approval without a token", door.send("POST", f"/v1/registrations/{waiting['id']}/approve", {}), 401, "token-missing")
    approved = expect("approval", door.send("POST", f"/v1/registrations/{waiting['id']}/approve", {}, token=token), 200)
    operator = approved["det"]
    other = expect("another operator", door.send("POST", "/v1/registrations", {"kind": "operator", "csr": csr(other_key)}, token=token), 201)["det"]

    def application():
        return {"kind": "session", "csr": csr(Ed25519PrivateKey.generate()), "operator": operator}

    signer = (operator, operator_key)
    session = expect("session, signed by its operator", door.send("POST", "/v1/registrations", application(), signer=signer), 201)
    expect("session, not signed", door.send("POST", "/v1/registrations", application()), 403, "operator-proof-missing")
    expect("signed by another operator", door.send("POST", "/v1/registrations", application(), signer=(other, other_key)), 403, "operator-proof-invalid")
    expect("signed by another key", door.send("POST", "/v1/registrations", application(), signer=(operator, other_key)), 401, "signature-invalid")
    expect("unknown signer", door.send("POST", "/v1/registrations", application(), signer=("2001:3f:fe3f:f805::1", other_key)), 401, "signer-unknown")
    old, future = now - datetime.timedelta(seconds=400), now + datetime.timedelta(seconds=400)
    for what, created in (("too old", old), ("from the future", future)):
        expect(f"signature {what}", door.send("POST", "/v1/registrations", application(), signer=signer, created=created), 401, "signature-invalid")
    swapped = door.send("POST", "/v1/registrations", application(), signer=signer, change=lambda octets: octets.replace(b"session", b"service"))
    expect("body changed after signing", swapped, 401, "signature-invalid")
    expect("path not covered", door.send("POST", "/v1/registrations", application(), signer=signer, covered=("@method",)), 401, "signature-invalid")
    expect("method not covered", door.send("POST", "/v1/registrations", application(), signer=signer, covered=("@path",)), 401, "signature-invalid")

    # The operator's attestation instead of a signature on the request.
    def attested(key, det=None, window=(unix - 60, unix + 3600), endorser=operator):
        raa, hda = int(dime.ready["raa"]), int(dime.ready["hda"])
        device = Ed25519PrivateKey.generate()
        child = det or derive(raa, hda, 5, public(device))
        text = attestation(det_bytes(endorser), key, child, public(device), *window)
        return {"kind": "aircraft", "csr": csr(device), "operator": operator, "operator_attestation": text}

    expect("aircraft, attested by its operator", door.send("POST", "/v1/registrations", attested(operator_key)), 201)
    for what, body in {
        "attested by another key": attested(other_key),
        "attested for another DET": attested(operator_key, det=det_bytes(session["det"])),
        "attestation run out": attested(operator_key, window=(unix - 7200, unix - 3600)),
        "attestation by another operator": attested(other_key, endorser=other),
    }.items():
        expect(what, door.send("POST", "/v1/registrations", body), 403, "operator-proof-invalid")

    # What was registered without a token stands like everything else.
    with urllib.request.urlopen(f"{dime.http}/v1/dki") as reply:
        anchor = next(anchors_in(json.load(reply)))
    verify(det_bytes(session["det"]), LiveDns(dime.dns), anchor, unix + 1, told=lambda _: None)

    # Ending it: its operator may, another may not, and a captured request works once.
    path, reason = f"/v1/dets/{session['det']}/revoke", {"reason": "landed"}
    expect("revoked by another operator", door.send("POST", path, reason, signer=(other, other_key)), 403, "forbidden")
    expect("revoked by its operator", door.send("POST", path, reason, signer=signer), 200)
    verify_gone(det_bytes(session["det"]), LiveDns(dime.dns), told=lambda _: None)
    expect("operator revoked", door.send("POST", f"/v1/dets/{operator}/revoke", {"reason": "retired"}, token=token), 200)
    expect("signed by a revoked operator", door.send("POST", "/v1/registrations", application(), signer=signer), 401, "signer-not-valid")
    expect("attested by a revoked operator", door.send("POST", "/v1/registrations", attested(operator_key)), 422, "operator-not-valid")


def main():
    with tempfile.TemporaryDirectory() as scratch, Dime(pathlib.Path(scratch) / "data") as dime:
        run(dime)


if __name__ == "__main__":
    try:
        main()
    except (Failed, Wrong, dime_process.Failed) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
