"""DRIP objects read by libraries that dime does not use: DETs (RFC 9374), Broadcast Endorsements (RFC 9575), HHIT and BRID records (RFC 9886), Lite certificates.

Every reader either returns what it read or raises `Wrong` with one sentence that names the object and the fault.
"""

import dataclasses
import datetime
import ipaddress
import warnings

import cbor2
from Crypto.Hash import cSHAKE128
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID, SignatureAlgorithmOID

CONTEXT_ID = bytes.fromhex("00B5A69C795DF5D5F0087F56843F2C40")
DRIP_EPOCH = 1546300800
FOREVER = 0xFFFFFFFF
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")


class Wrong(Exception):
    """What was checked and does not hold."""


# --- DET -----------------------------------------------------------------------------------------------------------------------


def det_bytes(text):
    """A DET from IPv6 text, 32 hex digits or an ip6.arpa name."""
    text = text.strip()
    try:
        if text.rstrip(".").lower().endswith(".ip6.arpa"):
            nibbles = text.rstrip(".").lower().split(".")[:-2]
            if len(nibbles) != 32 or any(len(n) != 1 for n in nibbles):
                raise ValueError("not 32 nibble labels")
            raw = bytes.fromhex("".join(reversed(nibbles)))
        elif len(text) == 32 and ":" not in text:
            raw = bytes.fromhex(text)
        else:
            raw = ipaddress.IPv6Address(text).packed
    except ValueError as fault:
        raise Wrong(f"{text!r} is not a DET: {fault}") from None
    if raw[:3] != b"\x20\x01\x00" or raw[3] >> 4 != 3:
        raise Wrong(f"{text!r} is not under 2001:30::/28")
    return raw


def det_text(det):
    """RFC 5952 text."""
    return str(ipaddress.IPv6Address(det))


def det_fields(det):
    """(RAA, HDA, suite, hash)"""
    number = int.from_bytes(det, "big")
    return (number >> 86) & 0x3FFF, (number >> 72) & 0x3FFF, (number >> 64) & 0xFF, number & (2**64 - 1)


def derive(raa, hda, suite, hi):
    """RFC 9374: upper 64 bits, then 64 bits of cSHAKE128 over upper 64 bits and the bare key."""
    upper = ((0x2001003 << 36) | (raa << 22) | (hda << 8) | suite).to_bytes(8, "big")
    return upper + cSHAKE128.new(data=upper + hi, custom=CONTEXT_ID).read(8)


def check_det(what, det, hi):
    """The DET is the hash of this key under the HID and suite that stand in it."""
    raa, hda, suite, _ = det_fields(det)
    if suite != 5:
        raise Wrong(f"{what}: suite {suite} is not EdDSA/cSHAKE128 (5)")
    expected = derive(raa, hda, suite, hi)
    if expected != det:
        raise Wrong(f"{what}: DET {det_text(det)} does not belong to its key, which gives {det_text(expected)}")


def owner_name(det):
    return ".".join(reversed(det.hex())) + ".ip6.arpa."


def is_permitted(parent, child):
    """Who may endorse whom, by HID (draft-ietf-drip-dki: Apex 0/0, RAA R/0, HDA R/H)."""
    (p_raa, p_hda), (c_raa, c_hda) = det_fields(parent)[:2], det_fields(child)[:2]
    if (p_raa, p_hda) == (0, 0):
        return c_hda == 0
    if p_hda == 0:
        return p_raa == c_raa
    return (p_raa, p_hda) == (c_raa, c_hda)


# --- endorsements --------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Endorsement:
    """RFC 9575 section 4.2: vnb 4, vna 4 (little-endian), child DET 16, child HI 32, parent DET 16, signature 64."""

    raw: bytes
    vnb: int
    vna: int
    child: bytes
    child_hi: bytes
    parent: bytes
    signature: bytes

    @classmethod
    def read(cls, what, raw):
        if len(raw) != 136:
            raise Wrong(f"{what}: {len(raw)} octets, an endorsement has 136")
        return cls(
            raw=raw,
            vnb=int.from_bytes(raw[0:4], "little"),
            vna=int.from_bytes(raw[4:8], "little"),
            child=det_bytes(raw[8:24].hex()),
            child_hi=raw[24:56],
            parent=det_bytes(raw[56:72].hex()),
            signature=raw[72:136],
        )

    def check(self, what, parent_hi, at, epoch):
        check_det(f"{what}: child", self.child, self.child_hi)
        if not is_permitted(self.parent, self.child):
            raise Wrong(f"{what}: {det_text(self.parent)} may not endorse {det_text(self.child)}")
        check_signature(what, parent_hi, self.signature, self.raw[:72])
        not_before, not_after = self.window(epoch)
        if not not_before <= at <= not_after:
            raise Wrong(f"{what}: valid {when(not_before)} to {when(not_after)}, not at {when(at)}")

    def window(self, epoch=DRIP_EPOCH):
        """Unix seconds."""
        return self.vnb + epoch, (self.vna + epoch if self.vna != FOREVER else FOREVER + epoch)


def check_signature(what, hi, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(hi).verify(signature, message)
    except InvalidSignature:
        raise Wrong(f"{what}: the signature is not by {hi.hex()}") from None
    except ValueError as fault:
        raise Wrong(f"{what}: the parent's key {hi.hex()} is not an Ed25519 key: {fault}") from None


def when(unix):
    if unix >= 253402300799:
        return "9999-12-31T23:59:59Z"
    return datetime.datetime.fromtimestamp(unix, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- records -------------------------------------------------------------------------------------------------------------------


def cbor(what, rdata):
    """One CBOR item, deterministic: encoding it again gives the same octets."""
    try:
        item = cbor2.loads(rdata)
    except Exception as fault:
        raise Wrong(f"{what}: not CBOR: {fault}") from None
    try:
        again = cbor2.dumps(item)
    except cbor2.CBOREncodeError as fault:
        raise Wrong(f"{what}: not CBOR: {fault}") from None
    if again != rdata:
        raise Wrong(f"{what}: not the deterministic encoding, or octets after it")
    return item


@dataclasses.dataclass(frozen=True)
class Hhit:
    """RFC 9886 section 5.1: [entity type, HID abbreviation, certificate]."""

    entity_type: int
    abbreviation: str
    certificate: bytes

    @classmethod
    def read(cls, what, rdata):
        item = cbor(what, rdata)
        if not isinstance(item, list) or [type(part) for part in item] != [int, str, bytes]:
            raise Wrong(f"{what}: not an array of an unsigned integer, a text and a byte string")
        if not 0 <= item[0] <= 0xFFFF:
            raise Wrong(f"{what}: entity type {item[0]} is out of range")
        return cls(*item)


@dataclasses.dataclass(frozen=True)
class Brid:
    """RFC 9886 section 5.2: what of it DRIP uses. `shape` is `nested` (the CDDL) or `flat` (the example)."""

    uas_type: int
    uas_ids: list
    auth: list
    shape: str

    @classmethod
    def read(cls, what, rdata):
        item = cbor(what, rdata)
        if not isinstance(item, dict) or 0 not in item or 1 not in item or not set(item) <= set(range(7)):
            raise Wrong(f"{what}: not a map with the keys 0 and 1, and none above 6")
        ids, shape = pairs(f"{what}: uas_ids", item[1])
        auth, auth_shape = pairs(f"{what}: auth", item[2]) if 2 in item else ([], shape)
        if auth_shape != shape:
            raise Wrong(f"{what}: uas_ids are {shape}, auth is {auth_shape}")
        return cls(item[0], ids, auth, shape)

    def session_det(self, what):
        """The DET among the UAS ids: type 4, first octet 1 (IETF DRIP), zero padding."""
        found = [value for kind, value in self.uas_ids if kind == 4 and value[:1] == b"\x01"]
        if len(found) != 1 or len(found[0]) not in (17, 20) or any(found[0][17:]):
            raise Wrong(f"{what}: not exactly one session id that holds a DET")
        return found[0][1:17]

    def endorsements(self, what):
        """The Broadcast Endorsements of the auth entries: type 5, SAM type 1."""
        found = []
        for index, (kind, value) in enumerate(self.auth):
            if kind != 5 or value[:1] != b"\x01":
                raise Wrong(f"{what}: auth entry {index} is not a Broadcast Endorsement (type 5, SAM 1)")
            found.append(Endorsement.read(f"{what}: endorsement {index}", value[1:]))
        return found


def pairs(what, value):
    if not isinstance(value, list) or not value:
        raise Wrong(f"{what}: not a non-empty array")
    nested = isinstance(value[0], list)
    if not nested and len(value) % 2:
        raise Wrong(f"{what}: an odd number of items")
    entries = value if nested else [value[i : i + 2] for i in range(0, len(value), 2)]
    for entry in entries:
        if not isinstance(entry, list) or [type(part) for part in entry] != [int, bytes]:
            raise Wrong(f"{what}: not pairs of an unsigned integer and a byte string")
    return [tuple(entry) for entry in entries], "nested" if nested else "flat"


# --- certificates --------------------------------------------------------------------------------------------------------------


def signed_der(certificate):
    """SEQUENCE { tbsCertificate, Ed25519, BIT STRING of 64 octets }, written anew."""
    inside = certificate.tbs_certificate_bytes + bytes.fromhex("300506032b6570") + b"\x03\x41\x00" + certificate.signature
    length = len(inside)
    header = bytes([0x30, 0x81, length]) if 128 <= length < 256 else b"\x30\x82" + length.to_bytes(2, "big")
    return header + inside


@dataclasses.dataclass(frozen=True)
class LiteCertificate:
    """The X.509 Lite profile of draft-ietf-drip-dki: chained by DET, never by name."""

    certificate: x509.Certificate
    issuer: bytes
    det: bytes
    hi: bytes
    is_ca: bool
    subject: str
    uris: list

    @classmethod
    def read(cls, what, der):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what the library will refuse one day is refused today
                return cls.read_parsed(what, der, x509.load_der_x509_certificate(der))
        except Wrong:
            raise
        except Exception as fault:  # the library has a dozen kinds of its own for what it cannot read
            raise Wrong(f"{what}: not an X.509 certificate: {fault}") from None

    @classmethod
    def read_parsed(cls, what, der, certificate):
        extensions = certificate.extensions
        # The library keeps what it was given; the parts it does not look at are looked at here.
        if der != signed_der(certificate):
            raise Wrong(f"{what}: not DER around what is signed")
        if certificate.version != x509.Version.v3:
            raise Wrong(f"{what}: not version 3")
        if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ED25519:
            raise Wrong(f"{what}: not signed with Ed25519")
        key = certificate.public_key()
        if not isinstance(key, Ed25519PublicKey):
            raise Wrong(f"{what}: the key is not Ed25519")
        issuer = list(certificate.issuer)
        if len(issuer) != 1 or issuer[0].oid != NameOID.COMMON_NAME or issuer[0].value != issuer[0].value.lower():
            raise Wrong(f"{what}: the issuer is not one common name in lower case")
        try:
            names = extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
        except x509.ExtensionNotFound:
            raise Wrong(f"{what}: no subjectAltName") from None
        addresses = names.value.get_values_for_type(x509.IPAddress)
        if not names.critical or len(addresses) != 1 or addresses[0].version != 6:
            raise Wrong(f"{what}: subjectAltName is not critical with one IPv6 address")
        is_ca = False
        for extension in extensions:
            if extension.oid == ExtensionOID.BASIC_CONSTRAINTS:
                is_ca = extension.value.ca
                if not extension.critical or extension.value.path_length is not None or not is_ca:
                    raise Wrong(f"{what}: basicConstraints is not critical, cA TRUE, without pathLen")
            elif extension.oid != ExtensionOID.SUBJECT_ALTERNATIVE_NAME:
                raise Wrong(f"{what}: extension {extension.oid.dotted_string} is not of the Lite profile")
        subject = list(certificate.subject)
        if is_ca != (len(subject) == 1 and subject[0].oid == NameOID.COMMON_NAME) or (not is_ca and subject):
            raise Wrong(f"{what}: the subject is not {'one common name' if is_ca else 'empty'}")
        return cls(
            certificate=certificate,
            issuer=det_bytes(issuer[0].value),
            det=det_bytes(addresses[0].packed.hex()),
            hi=key.public_bytes(Encoding.Raw, PublicFormat.Raw),
            is_ca=is_ca,
            subject=subject[0].value if subject else "",
            uris=names.value.get_values_for_type(x509.UniformResourceIdentifier),
        )

    def window(self):
        """Unix seconds."""
        return (
            int(self.certificate.not_valid_before_utc.timestamp()),
            int(self.certificate.not_valid_after_utc.timestamp()),
        )

    def check(self, what, parent_hi, at):
        check_det(what, self.det, self.hi)
        check_signature(what, parent_hi, self.certificate.signature, self.certificate.tbs_certificate_bytes)
        not_before, not_after = self.window()
        if not not_before <= at <= not_after:
            raise Wrong(f"{what}: valid {when(not_before)} to {when(not_after)}, not at {when(at)}")

    def check_subject(self, what):
        """The name of a CA says its level, class and HID; it has to be the HID of its DET."""
        raa, hda, _, _ = det_fields(self.det)
        allowed = {
            *(f"DRIP-APEX-{c}" for c in "AI" if (raa, hda) == (0, 0)),
            *(f"DRIP-RAA-{c}-{raa}{tail}" for c in "AI" for tail in ("", "-0") if hda == 0 and raa),
            *(f"DRIP-HDA-{c}-{raa}-{hda}" for c in "AI" if hda),
        }
        if self.is_ca and self.subject not in allowed:
            raise Wrong(f"{what}: subject {self.subject!r} does not fit HID {raa}/{hda}")
