"""Revocation lists and certificate status of a running dime, judged by what others wrote.

openssl verifies the mtls chain with CRL checking, from files and through the addresses in the certificates, asks by OCSP before and after a
revocation, and holds TLS connections that end with it. pkilint may find what `ALLOWED` lists and nothing else. `cryptography` reads both
kinds of object. Lists of Authorization DETs are signed by openssl, as an offline machine would.
"""

import base64
import ipaddress
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certificates import Failed, free_port, must, register, run
from dime_process import Dime, binary

# What pkilint says of our objects on purpose, and why. Nothing, so far: an entry that is not found is a failure, too.
ALLOWED = {"crl": {}, "ocsp": {}}


def origin_at(port):
    return f"http://127.0.0.1:{port}"


class Serving(Dime):
    """`dime serve` over the data directory that `quickstart` made, changed to be found under its own address."""

    def __init__(self, folder, shards, port):
        self.folder, self.port = pathlib.Path(folder), port
        self.origin = origin_at(port)
        config = self.folder / "dime.toml"
        text = config.read_text()
        text = re.sub(r'public_origin = ".*"', f'public_origin = "{self.origin}"', text)
        text = re.sub(r"shards = \d+", f"shards = {shards}", text)
        text = re.sub(r'(?s)(\[http\]\n.*?listen = )"[^"]*"', rf'\1"127.0.0.1:{self.port}"', text)
        text = re.sub(r"(?s)(\[dns\]\n.*?listen = )\[[^\]]*\]", r'\1["127.0.0.1:0"]', text)
        # The RAA's Issuing key signs lists and certifies responders for what the offline keys issued.
        if "raa-issuing.pem" not in text:
            text = re.sub(r'"([^"]*)hda-issuing\.pem"', r'"\1hda-issuing.pem", "\1raa-issuing.pem"', text)
        config.write_text(text)
        self.log = self.folder.with_suffix(".stderr").open("ab")
        arguments = [binary("dime"), "serve", "--config", config]
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if line.startswith("ready "):
                break
        else:
            raise Failed(f"dime ended with {self.process.wait()}: {self.folder.with_suffix('.stderr').read_text()[-2000:]}")
        self.http = self.origin

    def fetch(self, path, data=None, media=None, token=False):
        """Status and octets."""
        headers = {"Content-Type": media} if media else {}
        if token:
            headers["Authorization"] = f"Bearer {self.token_file.read_text().strip()}"
        request = urllib.request.Request(self.http + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read()

    def must_fetch(self, *arguments, **more):
        status, octets = self.fetch(*arguments, **more)
        if status != 200:
            raise Failed(f"{arguments[0]}: {status} {octets[:300]}")
        return octets

    def revoke(self, det, reason, code):
        body = json.dumps({"reason": reason, "reason_code": code}).encode()
        self.must_fetch(f"/v1/dets/{det}/revoke", body, "application/json", token=True)


class Lint:
    """pkilint, and what it found that it may."""

    def __init__(self):
        self.seen, self.count = {"crl": set(), "ocsp": set()}, 0

    def judge(self, kind, path, folder):
        tool = {"crl": ["lint_crl", "lint", "-t", "CRL", "-p", "PKIX"], "ocsp": ["lint_ocsp_response", "lint"]}[kind]
        program = pathlib.Path(sys.executable).with_name(tool[0])
        done = run([program, *tool[1:], "-s", "NOTICE", "-f", "JSON", path], folder)
        try:
            found = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise Failed(f"pkilint {path}: {done.stdout[-500:]}{done.stderr[-500:]}") from None
        codes = {finding["code"] for result in found["results"] for finding in result["finding_descriptions"]}
        if codes - set(ALLOWED[kind]):
            raise Failed(f"pkilint finds in {path}: {', '.join(sorted(codes))}")
        self.seen[kind] |= codes
        self.count += 1

    def done(self):
        for kind, allowed in ALLOWED.items():
            if set(allowed) != self.seen[kind]:
                raise Failed(f"listed for {kind}, but found in none: {set(allowed) - self.seen[kind]}")


def hexadecimal(det):
    return "".join(part.zfill(4) for part in ipaddress.ip_address(det).exploded.split(":"))


def expect(what, done, words, code=0):
    text = done.stdout + done.stderr
    if (done.returncode == 0) != (code == 0) or any(word not in text for word in words):
        raise Failed(f"{what}: {done.returncode} {text[-2000:]}, expected {words}")


def sequence(body):
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    head = bytes([0x80 | len(length)]) if len(body) >= 0x80 else b""
    return b"\x30" + head + length + body


def to_pem(kind, der):
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n"


class Judge:
    def __init__(self, dime, folder, lint):
        self.dime, self.folder, self.lint = dime, folder, lint
        self.authorities = {}
        for authority in dime.get("/v1/dki")["authorities"]:
            place = ("raa" if authority["level"] == "raa" else "hda") + ("-a" if authority["class"] == "authorization" else "-i")
            self.authorities[place] = authority["det"]
            der = dime.must_fetch(f"/pki/{authority['det']}.cer")
            (folder / f"{place}.pem").write_text(to_pem("CERTIFICATE", der))
        (folder / "anchor.pem").write_text((folder / "raa-a.pem").read_text())
        (folder / "chain.pem").write_text((folder / "hda-i.pem").read_text() + (folder / "hda-a.pem").read_text())
        (folder / "all.pem").write_text("".join((folder / f"{place}.pem").read_text() for place in self.authorities))
        trusted = ["openssl", "x509", "-in", "raa-a.pem", "-addtrust", "OCSPSigning", "-out", "trusted-for-ocsp.pem"]
        must(trusted, folder)

    # Lists.

    def lists(self, query=""):
        """Every issuer's list as it is now, judged, in one file."""
        text = ""
        for place, det in self.authorities.items():
            der = self.dime.must_fetch(f"/pki/{hexadecimal(det)}.crl{query}")
            self.judge_list(place + query.replace("?", "-"), der)
            text += to_pem("X509 CRL", der)
        (self.folder / "lists.pem").write_text(text)

    def judge_list(self, name, der):
        path = self.folder / f"{name}.crl"
        path.write_bytes(der)
        must(["openssl", "crl", "-inform", "DER", "-in", path, "-noout", "-text"], self.folder)
        self.lint.judge("crl", path.name, self.folder)
        read = x509.load_der_x509_crl(der)
        [signer] = [
            place for place, det in self.authorities.items() if read.issuer.rfc4514_string() == f"CN={hexadecimal(det)}"
        ]
        key = x509.load_pem_x509_certificate((self.folder / f"{signer}.pem").read_bytes()).public_key()
        if not read.is_signature_valid(key):
            raise Failed(f"{name}: not signed by {signer}")
        return read

    def sign_offline(self, place):
        """A list of an Authorization DET, signed by openssl with the key in its file."""
        det = self.authorities[place]
        to_be_signed = self.dime.must_fetch(f"/v1/authorities/{det}/list?lifetime=864000", token=True)
        (self.folder / "tbs.bin").write_bytes(to_be_signed)
        key = self.dime.folder / "keys" / {"raa-a": "raa-authorization.pem", "hda-a": "hda-authorization.pem"}[place]
        must(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", "tbs.bin", "-out", "sig.bin"], self.folder)
        body = to_be_signed + bytes.fromhex("300506032b6570034100") + (self.folder / "sig.bin").read_bytes()
        whole = sequence(body)
        self.dime.must_fetch(f"/v1/authorities/{det}/list", whole, "application/pkix-crl", token=True)
        if self.dime.must_fetch(f"/pki/{det}.crl") != whole:
            raise Failed(f"{place}: the list signed offline is not given out")

    def verify(self, leaf, words, code=0, extra=()):
        arguments = ["openssl", "verify", "-x509_strict", "-CAfile", "anchor.pem", "-untrusted", "chain.pem", *extra]
        expect(f"verify {leaf} {extra}", run([*arguments, f"{leaf}/certificate-mtls.pem"], self.folder), words, code)

    # OCSP.

    def ask(self, certificate, issuer, words, extra=(), trust="anchor.pem", digest="-sha1"):
        arguments = ["openssl", "ocsp", digest, "-issuer", f"{issuer}.pem", "-cert", certificate, "-url", f"{self.dime.http}/pki/ocsp"]
        arguments += ["-CAfile", trust, "-verify_other", "all.pem", "-respout", "answer.der", *extra]
        expect(f"ocsp {certificate} {extra}", run(arguments, self.folder), ["Response verify OK", *words])
        self.lint.judge("ocsp", "answer.der", self.folder)
        return ocsp.load_der_ocsp_response((self.folder / "answer.der").read_bytes())

    def ask_at_its_address(self, place, issuer, words):
        """The status of an authority, asked where its own certificate says."""
        [address] = must(["openssl", "x509", "-in", f"{place}.pem", "-noout", "-ocsp_uri"], self.folder).split()
        if address != f"{self.dime.origin}/pki/ocsp":
            raise Failed(f"{place} says that its status is at {address}")
        arguments = ["openssl", "ocsp", "-issuer", f"{issuer}.pem", "-cert", f"{place}.pem", "-url", address]
        arguments += ["-CAfile", "trusted-for-ocsp.pem", "-verify_other", "all.pem"]
        expect(f"ocsp of {place} at {address}", run(arguments, self.folder), ["Response verify OK", words])

    def by_path(self, certificate, issuer):
        """The same by GET, with the request made by `cryptography`."""
        load = lambda name: x509.load_pem_x509_certificate((self.folder / name).read_bytes())
        for algorithm in (hashes.SHA1(), hashes.SHA256()):
            builder = ocsp.OCSPRequestBuilder().add_certificate(load(certificate), load(f"{issuer}.pem"), algorithm)
            request = builder.build().public_bytes(Encoding.DER)
            path = "/pki/ocsp/" + base64.b64encode(request).decode().replace("/", "%2F").replace("+", "%2B")
            with urllib.request.urlopen(self.dime.http + path) as reply:
                caching = reply.headers["Cache-Control"]
                answer = ocsp.load_der_ocsp_response(reply.read())
            if "max-age=" not in caching or answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
                raise Failed(f"{path}: {caching} {answer.response_status}")
        return request, answer

    # TLS.

    def handshake(self, server, client, expected, crls):
        """TLS between two openssl programs; the server checks the client's certificate against the lists."""
        port = free_port()
        trust = ["-CAfile", "anchor.pem", "-verify_return_error"]
        (self.folder / "anchor-and-lists.pem").write_text((self.folder / "anchor.pem").read_text() + (self.folder / crls).read_text())
        own = lambda name: ["-cert", f"{name}/certificate-mtls.pem", "-key", f"{name}.key", "-cert_chain", "chain.pem"]
        checking = ["-CAfile", "anchor-and-lists.pem", "-verify_return_error", "-crl_check_all"]
        listening = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", "1", "-tls1_3", "-Verify", "5", "-www", *checking, *own(server)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            for line in listening.stdout:
                if line.startswith("ACCEPT"):
                    break
            arguments = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_3", "-ign_eof", *trust, *own(client)]
            done = run(arguments, self.folder, input="GET / HTTP/1.0\r\n\r\n", timeout=30)
        finally:
            listening.kill()
            said, _ = listening.communicate()
        held = "Verify return code: 0 (ok)" in done.stdout and "HTTP/1.0 200 ok" in done.stdout
        if held != expected or (not expected and "certificate revoked" not in said + done.stdout + done.stderr):
            raise Failed(f"TLS of {client} with {server}: {done.stdout[-1500:]}{done.stderr[-500:]}{said[-1500:]}")


def judge(dime, folder, lint):
    judge = Judge(dime, folder, lint)
    dets = {}
    for kind in ("service", "operator"):
        register(dime, folder, kind)
        dets[kind] = json.loads((folder / kind / "registration.json").read_text())["det"]
    for place in ("raa-a", "hda-a"):
        judge.sign_offline(place)
    judge.lists()
    judge.lists("?delta")
    judge.lists()

    # Before.
    for leaf in dets:
        judge.verify(leaf, ["OK"], extra=["-crl_check_all", "-CRLfile", "lists.pem"])
        judge.verify(leaf, ["OK"], extra=["-crl_check", "-crl_download"])
        # Every list of the chain from the address in the certificate that it is about.
        judge.verify(leaf, ["OK"], extra=["-crl_check_all", "-crl_download"])
        answer = judge.ask(f"{leaf}/certificate-mtls.pem", "hda-i", [": good"], ["-nonce"])
        if answer.certificate_status != ocsp.OCSPCertStatus.GOOD:
            raise Failed(f"cryptography reads {answer.certificate_status} of {leaf}")
        judge.ask(f"{leaf}/certificate-full.pem", "hda-i", [": good"], ["-no_nonce"])
        judge.ask(f"{leaf}/certificate-mtls.pem", "hda-i", [": good"], digest="-sha256")
    judge.handshake("service", "operator", True, "lists.pem")
    request, answer = judge.by_path("operator/certificate-mtls.pem", "hda-i")
    if answer.certificate_status != ocsp.OCSPCertStatus.GOOD:
        raise Failed(f"by path: {answer.certificate_status}")
    several = ["-cert", "operator/certificate-full.pem", "-cert", "service/certificate-mtls.pem"]
    judge.ask("service/certificate-full.pem", "hda-i", ["operator/certificate-full.pem: good"], several)
    judge.ask("hda-i.pem", "hda-a", [": good"], trust="trusted-for-ocsp.pem")
    for place, parent in (("hda-i", "hda-a"), ("hda-a", "raa-a"), ("raa-i", "raa-a")):
        judge.ask_at_its_address(place, parent, ": good")
    for name, kind in (("hda-i.crl", "crl"), ("answer.der", "ocsp-response")):
        shown = json.loads(must([binary("dime"), "inspect", name, "--json"], folder))
        if (shown["kind"], shown["problems"]) != (kind, []):
            raise Failed(f"inspect {name}: {shown}")
    # No issuer here: nothing to say.
    arguments = ["openssl", "ocsp", "-issuer", "operator/certificate-mtls.pem", "-serial", "7", "-url", f"{dime.http}/pki/ocsp"]
    expect("stranger", run(arguments, folder), ["unauthorized"], code=1)

    # After: the very next question is answered otherwise.
    dime.revoke(dets["operator"], "its key was found", "keyCompromise")
    answer = judge.ask("operator/certificate-mtls.pem", "hda-i", [": revoked", "Reason: keyCompromise"], ["-nonce"])
    if answer.revocation_reason != x509.ReasonFlags.key_compromise:
        raise Failed(f"cryptography reads the reason {answer.revocation_reason}")
    judge.ask("operator/certificate-full.pem", "hda-i", [": revoked"])
    judge.ask("service/certificate-mtls.pem", "hda-i", [": good"])
    _, answer = judge.by_path("operator/certificate-mtls.pem", "hda-i")
    if answer.certificate_status != ocsp.OCSPCertStatus.REVOKED:
        raise Failed(f"by path: {answer.certificate_status}")
    judge.lists()
    judge.verify("operator", ["certificate revoked"], code=1, extra=["-crl_check_all", "-CRLfile", "lists.pem"])
    judge.verify("operator", ["certificate revoked"], code=1, extra=["-crl_check", "-crl_download"])
    judge.verify("service", ["OK"], extra=["-crl_check_all", "-CRLfile", "lists.pem"])
    judge.handshake("service", "operator", False, "lists.pem")
    listed = x509.load_der_x509_crl((folder / "hda-i.crl").read_bytes())
    for profile in ("full", "mtls"):
        serial = x509.load_pem_x509_certificate((folder / f"operator/certificate-{profile}.pem").read_bytes()).serial_number
        entry = listed.get_revoked_certificate_by_serial_number(serial)
        reason = entry and entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        if reason != x509.ReasonFlags.key_compromise:
            raise Failed(f"cryptography reads the reason {reason} of the {profile} certificate in the list")
    status = json.loads(dime.must_fetch(f"/v1/dets/{dets['operator']}/status"))
    if (status["status"], status.get("reason_code"), status.get("reason")) != ("revoked", "keyCompromise", None):
        raise Failed(f"status: {status}")

    # An Issuing DET on hold: an indirect list of the RAA's says it at once, a list signed offline says it to openssl.
    suspend = f"/v1/authorities/{judge.authorities['hda-i']}/suspend"
    dime.must_fetch(suspend, b'{"reason": "an inquiry"}', "application/json", token=True)
    answer = judge.ask("hda-i.pem", "hda-a", [": revoked", "Reason: certificateHold"], trust="trusted-for-ocsp.pem")
    indirect = judge.judge_list("indirect", dime.must_fetch(f"/pki/{judge.authorities['hda-a']}.crl"))
    if not indirect.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value.indirect_crl:
        raise Failed("the RAA's list of the HDA's authorities is not indirect")
    # One entry for the Full and one for the mtls certificate; the first of an issuer's names it.
    first, _ = indirect
    names = first.extensions.get_extension_for_class(x509.CertificateIssuer).value
    if hexadecimal(judge.authorities["hda-a"]) not in names.get_values_for_type(x509.DirectoryName)[0].rfc4514_string():
        raise Failed("the indirect list does not name the issuer of the certificate")
    judge.ask_at_its_address("hda-i", "hda-a", ": revoked")
    judge.sign_offline("hda-a")
    fetching = ["openssl", "verify", "-x509_strict", "-CAfile", "anchor.pem", "-untrusted", "hda-a.pem", "-crl_check_all", "-crl_download"]
    expect("the Issuing DET, its lists fetched", run([*fetching, "hda-i.pem"], folder), ["certificate revoked"], code=1)
    expect("the DET above it, its lists fetched", run([*fetching, "hda-a.pem"], folder), ["OK"])
    text = "".join(to_pem("X509 CRL", dime.must_fetch(f"/pki/{judge.authorities[place]}.crl")) for place in ("raa-a", "hda-a"))
    (folder / "lists.pem").write_text(text + to_pem("X509 CRL", (folder / "hda-i.crl").read_bytes()))
    judge.verify("service", ["certificate revoked"], code=1, extra=["-crl_check_all", "-CRLfile", "lists.pem"])
    return request


def hostile(dime, request):
    """Requests that are almost one, or too much of one: an answer each time, and never a status."""
    pick = random.Random(1)
    malformed = bytes.fromhex("30030a0101")
    answers = {}
    for number in range(2000):
        octets = bytearray(request)
        how = number % 3
        if how == 0:
            octets[pick.randrange(len(octets))] ^= 1 << pick.randrange(8)
        elif how == 1:
            del octets[pick.randrange(len(octets)) :]
        else:
            at, other = pick.randrange(len(octets)), pick.randrange(len(octets))
            octets[at], octets[other] = octets[other], octets[at]
        if bytes(octets) == request:
            continue
        status, answer = dime.fetch("/pki/ocsp", bytes(octets), "application/ocsp-request")
        if status != 200 or answer[:1] != b"\x30":
            raise Failed(f"{octets.hex()}: {status} {answer[:200]}")
        answers[len(answer) == 5] = answers.get(len(answer) == 5, 0) + 1
        if how == 1 and answer != malformed:
            raise Failed(f"a truncated request was answered with {answer.hex()}")
    for octets in (request + b"\0", b"", b"\x30\x80" + request + b"\0\0"):
        status, answer = dime.fetch("/pki/ocsp", octets, "application/ocsp-request")
        if (status, answer) != (200, malformed):
            raise Failed(f"{octets.hex()}: {status} {answer.hex()}")
    for octets, expected in ((b"\x30" * 20_000, 413), (b"\x30" * 100_000, 413)):
        status, answer = dime.fetch("/pki/ocsp", octets, "application/ocsp-request")
        if status != expected:
            raise Failed(f"{len(octets)} octets: {status} {answer[:200]}")
    return sum(answers.values())


def main():
    os.environ.pop("SSLKEYLOGFILE", None)
    lint, asked = Lint(), 0
    with tempfile.TemporaryDirectory() as scratch:
        for shards in (1, 4):
            folder = pathlib.Path(scratch) / str(shards)
            folder.mkdir()
            port = free_port()
            # Certificates of the authorities, too, name the addresses that will be served.
            Dime(folder / "dime", origin=origin_at(port)).stop(signal.SIGTERM)
            with Serving(folder / "dime", shards, port) as dime:
                request = judge(dime, folder, lint)
                asked += hostile(dime, request)
    lint.done()
    print(f"revocation: {lint.count} objects linted, chains and TLS before and after, {asked} broken requests")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"revocation: {failure}")
