#!/usr/bin/env python3
"""A stranger's check of one DET from DNS alone, sharing no code with dime: dnspython asks, pycryptodome hashes, cryptography verifies.

    verify_registration.py --dns 127.0.0.1:5300 --anchor anchor.json [--registration registration.json] 2001:3f:fe3f:f805:...
    verify_registration.py --dns 127.0.0.1:5300 --gone 2001:3f:fe3f:f805:...

Checked: HHIT, BRID, HIP, CERT and TLSA are answered with authority at the first query; the DET is the hash of the key; every record holds
this very key; the certificates, found by asking the HHIT of each parent DET, are signed link by link up to the anchor; the endorsements of
the BRID, and those of the registration, are signed link by link down from the anchor. With `--gone`: no record is left.

The anchor is a file with a self-endorsement (136 octets), a certificate (DER or PEM), JSON with `det` and `hi` or the answer of
`/v1/dki`, or the text `DET HI`, in a file or as argument. Exit 0: everything holds; 1: the first thing that does not, in one line; 2: wrong use.
"""

import argparse
import base64
import json
import pathlib
import sys
import time

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from drip_objects import DRIP_EPOCH, SPKI_PREFIX, Brid, Endorsement, Hhit, LiteCertificate, Wrong
from drip_objects import check_det, det_bytes, det_fields, det_text, owner_name, when

TYPES = ["HHIT", "BRID", "HIP", "CERT", "TLSA"]
LONGEST_CHAIN = 8
# Entity types of the DKI's own DETs: Apex, RAA and HDA, for Authorization and for Issuing.
AUTHORITIES = {6, 7, 10, 11, 14, 15}
# Entity types that are UAS Remote IDs, so that RFC 9886 demands a BRID record of them.
REMOTE_IDS = {16, 18, 19}
# Entity types of the DKI's own DETs, as the subjects of their certificates spell them.
AUTHORITIES = {6: "APEX-A", 7: "APEX-I", 10: "RAA-A", 11: "RAA-I", 14: "HDA-A", 15: "HDA-I"}


class LiveDns:
    """Asks one authoritative server, over UDP and over TCP where the answer is truncated."""

    def __init__(self, server, timeout=5.0):
        host, _, port = server.rpartition(":")
        self.host, self.port, self.timeout = host.strip("[]"), int(port), timeout

    def ask(self, owner, kind):
        query = dns.message.make_query(owner, kind, use_edns=0, payload=1232)
        query.flags &= ~dns.flags.RD
        try:
            reply, _ = dns.query.udp_with_fallback(query, self.host, timeout=self.timeout, port=self.port)
        except (dns.exception.DNSException, OSError) as fault:
            raise Wrong(f"DNS: {kind} of {owner}: {fault or type(fault).__name__}") from None
        return reply

    def records(self, det, kind):
        """The rdata of one type at a DET's owner name; none when there is no such record."""
        owner = owner_name(det)
        reply = self.ask(owner, kind)
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise Wrong(f"DNS: {kind} of {owner}: {dns.rcode.to_text(reply.rcode())}")
        if not reply.flags & dns.flags.AA:
            raise Wrong(f"DNS: {kind} of {owner}: answered without authority")
        found = []
        for rrset in reply.answer:
            if str(rrset.name).lower() != owner or rrset.rdtype != dns.rdatatype.from_text(kind):
                raise Wrong(f"DNS: {kind} of {owner}: the answer holds {rrset.name} {dns.rdatatype.to_text(rrset.rdtype)}")
            found.extend(rrset)
        return found


def only(what, found):
    if len(found) != 1:
        raise Wrong(f"{what}: {len(found)} records where there should be one")
    return found[0]


def check_key_records(det, hi, der, source, told):
    """HIP, CERT and TLSA hold the same key and the same certificate as the HHIT."""
    hip = only("HIP", source.records(det, "HIP"))
    if hip.hit != det:
        raise Wrong(f"HIP: HIT {hip.hit.hex()} is not the DET {det.hex()}")
    if hip.algorithm != 4:
        raise Wrong(f"HIP: public key algorithm {hip.algorithm} is not EdDSA (4)")
    if hip.key != hi:
        raise Wrong(f"HIP: key {hip.key.hex()} is not that of the HHIT certificate {hi.hex()}")
    if hip.servers:
        raise Wrong("HIP: rendezvous servers that nobody asked for")
    told("HIP: algorithm 4, the DET and the key")
    cert = only("CERT", source.records(det, "CERT"))
    if (cert.certificate_type, cert.key_tag, cert.algorithm) != (1, 0, 0):
        raise Wrong(f"CERT: type {cert.certificate_type} key tag {cert.key_tag} algorithm {cert.algorithm}, not 1 0 0")
    if cert.certificate != der:
        raise Wrong("CERT: the certificate differs from that of the HHIT record")
    told("CERT: PKIX 0 0 with the certificate of the HHIT record")
    tlsa = only("TLSA", source.records(det, "TLSA"))
    if (tlsa.usage, tlsa.selector, tlsa.mtype) != (3, 1, 0):
        raise Wrong(f"TLSA: {tlsa.usage} {tlsa.selector} {tlsa.mtype}, not 3 1 0")
    if tlsa.cert != SPKI_PREFIX + hi:
        raise Wrong(f"TLSA: SubjectPublicKeyInfo {tlsa.cert.hex()} does not hold the key {hi.hex()}")
    told("TLSA: 3 1 0 with the key")


def read_hhit(det, source):
    what = f"HHIT of {det_text(det)}"
    found = source.records(det, "HHIT")
    if not found:
        raise Wrong(f"{what}: not in DNS")
    hhit = Hhit.read(what, only(what, found).value)
    raa, hda, _, _ = det_fields(det)
    if hhit.abbreviation != f"{raa:04x} {hda:04x}":
        raise Wrong(f"{what}: abbreviation {hhit.abbreviation!r} is not that of HID {raa}/{hda}")
    certificate = LiteCertificate.read(f"{what}: certificate", hhit.certificate)
    certificate.check_subject(f"{what}: certificate")
    role = "-".join(certificate.subject.split("-")[1:3])
    if certificate.is_ca != (hhit.entity_type < 16) or (certificate.is_ca and AUTHORITIES.get(hhit.entity_type) != role):
        raise Wrong(f"{what}: entity type {hhit.entity_type} does not fit the certificate's subject {certificate.subject!r}")
    if certificate.det != det:
        raise Wrong(f"{what}: the certificate is for {det_text(certificate.det)}")
    check_det(what, det, certificate.hi)
    return hhit, certificate


def walk_certificates(det, source, anchor, at, told):
    """RFC 9886 section 6: from the DET's own certificate up by the HHIT of each issuer."""
    keys, child = {}, det
    for _ in range(LONGEST_CHAIN):
        hhit, certificate = read_hhit(child, source)
        keys[child] = certificate.hi
        what = f"certificate of {det_text(child)}"
        if child != det and not certificate.is_ca:
            raise Wrong(f"{what}: not a CA, yet it issued another")
        if child == anchor[0] and certificate.hi != anchor[1]:
            raise Wrong(f"{what}: the key is not the anchor's")
        if certificate.issuer == anchor[0]:
            parent_hi = anchor[1]
        elif certificate.issuer == child:
            raise Wrong(f"{what}: self-signed, and not the anchor {det_text(anchor[0])}")
        else:
            parent_hi = read_hhit(certificate.issuer, source)[1].hi
        certificate.check(what, parent_hi, at)
        told(f"certificate: {det_text(child)} (entity type {hhit.entity_type}) by {det_text(certificate.issuer)}")
        if certificate.issuer == child:
            return keys
        if certificate.issuer == anchor[0] and not source.records(anchor[0], "HHIT"):
            keys[anchor[0]] = anchor[1]
            return keys
        child = certificate.issuer
    raise Wrong(f"certificates: no anchor after {LONGEST_CHAIN} links")


def check_endorsements(what, det, hi, endorsements, anchor, keys, at, epoch, told):
    """Each endorsement is by the child of the one before; the first by the anchor, the last for the DET."""
    parent, parent_hi = anchor
    for index, endorsement in enumerate(endorsements):
        name = f"{what}: endorsement {index}"
        if endorsement.parent != parent:
            raise Wrong(f"{name}: by {det_text(endorsement.parent)}, not by {det_text(parent)}")
        endorsement.check(name, parent_hi, at, epoch)
        if keys.get(endorsement.child, endorsement.child_hi) != endorsement.child_hi:
            raise Wrong(f"{name}: the key of {det_text(endorsement.child)} is not that of its HHIT certificate")
        told(f"{name}: {det_text(endorsement.child)} by {det_text(parent)}, to {when(endorsement.window(epoch)[1])}")
        parent, parent_hi = endorsement.child, endorsement.child_hi
    if parent != det or parent_hi != hi:
        raise Wrong(f"{what}: the last endorsement is for {det_text(parent)}, not for {det_text(det)}")


def check_registration(det, hi, der, registration):
    """The registration's own statement of what it holds."""
    for field, expected in [("det", det_text(det)), ("hi", hi.hex()), ("state", "registered")]:
        if registration.get(field) != expected:
            raise Wrong(f"registration: {field} is {registration.get(field)!r}, not {expected!r}")
    raa, hda, _, _ = det_fields(det)
    if (registration.get("raa"), registration.get("hda")) != (raa, hda):
        raise Wrong(f"registration: HID {registration.get('raa')}/{registration.get('hda')} is not {raa}/{hda}")
    if registration["dns"]["owner"].rstrip(".") != owner_name(det).rstrip("."):
        raise Wrong(f"registration: owner {registration['dns']['owner']} is not {owner_name(det)}")
    if base64.b64decode(registration["certificates"]["lite"], validate=True) != der:
        raise Wrong("registration: the Lite certificate differs from that in DNS")
    return [
        Endorsement.read(f"registration: endorsement {index}", base64.b64decode(text, validate=True))
        for index, text in enumerate(registration["endorsements"])
    ]


def verify(det, source, anchor, at, registration=None, epoch=DRIP_EPOCH, told=print):
    """Everything, or `Wrong` with the first fault."""
    hhit, certificate = read_hhit(det, source)
    hi = certificate.hi
    told(f"DET {det_text(det)}: HID {'/'.join(map(str, det_fields(det)[:2]))}, key {hi.hex()}")
    brids = source.records(det, "BRID")
    check_key_records(det, hi, hhit.certificate, source, told)
    keys = walk_certificates(det, source, anchor, at, told)
    brid_endorsements = None
    is_authority = hhit.entity_type in AUTHORITIES
    if brids and hhit.entity_type not in REMOTE_IDS and not is_authority:
        raise Wrong(f"BRID: there is one, yet entity type {hhit.entity_type} is no UAS Remote ID")
    if brids:
        brid = Brid.read("BRID", only("BRID", brids).value)
        if brid.session_det("BRID") != det:
            raise Wrong(f"BRID: for {det_text(brid.session_det('BRID'))}")
        brid_endorsements = brid.endorsements("BRID")
        # An authority publishes what the level above says of it: its endorsements begin at somebody whose certificate was verified.
        if not brid_endorsements:
            raise Wrong("BRID: no endorsement in it")
        first = brid_endorsements[0].parent
        top = (first, keys[first]) if is_authority and first in keys else anchor
        check_endorsements("BRID", det, hi, brid_endorsements, top, keys, at, epoch, told)
        own = brid_endorsements[-1]
        if own.window(epoch) != certificate.window():
            raise Wrong(
                f"validity: the endorsement says {[when(t) for t in own.window(epoch)]}, "
                f"the certificate {[when(t) for t in certificate.window()]}"
            )
        told(f"BRID: {brid.shape}, uas_type {brid.uas_type}, {len(brid_endorsements)} endorsements")
    elif hhit.entity_type in REMOTE_IDS:
        raise Wrong(f"BRID: missing, and entity type {hhit.entity_type} is a UAS Remote ID")
    if registration is not None:
        given = check_registration(det, hi, hhit.certificate, registration)
        check_endorsements("registration", det, hi, given, anchor, keys, at, epoch, told)
        if brid_endorsements is not None and [e.raw for e in given] != [e.raw for e in brid_endorsements]:
            raise Wrong("registration: its endorsements differ from those of the BRID record")
        told(f"registration: the same DET, key and certificate, {len(given)} endorsements")


def verify_gone(det, source, told=print):
    """No record of a DET that is not registered."""
    for kind in [*TYPES, "ANY"]:
        reply = source.ask(owner_name(det), kind)
        if reply.rcode() not in (dns.rcode.NXDOMAIN, dns.rcode.NOERROR) or reply.answer:
            raise Wrong(f"DNS: {kind} of {owner_name(det)}: {dns.rcode.to_text(reply.rcode())}, {len(reply.answer)} answers")
        told(f"DNS: {kind}: {dns.rcode.to_text(reply.rcode())}, no answer")


def anchors(value):
    """Every (DET, HI) in an anchor given as file name or text."""
    path = pathlib.Path(value)
    if not path.exists():
        det, _, hi = value.partition(" ")
        return [(det_bytes(det), bytes.fromhex(hi))]
    raw = path.read_bytes()
    if len(raw) == 136:
        own = Endorsement.read(f"anchor {value}", raw)
        if own.child != own.parent:
            raise Wrong(f"anchor {value}: not a self-endorsement")
        return [(own.child, own.child_hi)]
    if raw.lstrip()[:1] in (b"{", b"["):
        return list(anchors_in(json.loads(raw)))
    if b"-----BEGIN CERTIFICATE-----" in raw:
        raw = x509.load_pem_x509_certificate(raw).public_bytes(Encoding.DER)
    if raw[:1] != b"\x30" and len(raw.split()) == 2:
        det, hi = raw.decode().split()
        return [(det_bytes(det), bytes.fromhex(hi))]
    own = LiteCertificate.read(f"anchor {value}", raw)
    return [(own.det, own.hi)]


def anchors_in(document):
    if isinstance(document, list):
        for part in document:
            yield from anchors_in(part)
    elif isinstance(document, dict) and isinstance(document.get("anchor"), str):
        # The answer of /v1/dki: the chain, and which of it is the anchor.
        yield from (found for found in anchors_in(document["authorities"]) if found[0] == det_bytes(document["anchor"]))
    elif isinstance(document, dict):
        if isinstance(document.get("det"), str) and isinstance(document.get("hi"), str):
            yield det_bytes(document["det"]), bytes.fromhex(document["hi"])
        else:
            for part in document.values():
                yield from anchors_in(part)


def main():
    parser = argparse.ArgumentParser(description="Verify one DET from DNS, with no code of dime.")
    parser.add_argument("det", help="IPv6 text, 32 hex digits or the ip6.arpa name")
    parser.add_argument("--dns", required=True, help="address:port of an authoritative server")
    parser.add_argument("--anchor", help="the trust anchor: a file, or 'DET HI'")
    parser.add_argument("--registration", help="the registration's JSON, checked against DNS")
    parser.add_argument("--at", type=int, default=int(time.time()), help="Unix time of the check (default: now)")
    parser.add_argument("--unix-epoch", action="store_true", help="endorsement times are Unix seconds, as in the examples of RFC 9886")
    parser.add_argument("--gone", action="store_true", help="check that no record is left instead")
    arguments = parser.parse_args()
    if not arguments.gone and not arguments.anchor:
        parser.error("--anchor is needed unless --gone is given")
    try:
        det = det_bytes(arguments.det)
        source = LiveDns(arguments.dns)
        if arguments.gone:
            verify_gone(det, source)
        else:
            registration = json.loads(pathlib.Path(arguments.registration).read_text()) if arguments.registration else None
            epoch = 0 if arguments.unix_epoch else DRIP_EPOCH
            found = anchors(arguments.anchor)
            if len(found) != 1:
                raise Wrong(f"anchor {arguments.anchor}: {len(found)} trust anchors where there should be one")
            verify(det, source, found[0], arguments.at, registration, epoch)
    except Wrong as fault:
        print(f"WRONG: {fault}", file=sys.stderr)
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
