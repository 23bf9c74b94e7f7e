"""Certificates of the three profiles, the published vectors' and those that a running dime issues, judged by what others wrote.

pkilint (RFC 5280) may find what `testdata/lint/deviations.json` lists for the profile and nothing else. openssl verifies the mtls chain by
its strict rules, end entities of the Full profile under the same authorities, and holds TLS connections with both sides certified by dime.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

from pkilint import loader
from pkilint.pkix import certificate, extension, name

from dime_process import ROOT, Dime, binary

PROFILES = ("lite", "full", "mtls")
# The draft's "less than 400 octets" for Full certificates of authorities is missed by four with a serial number of 20 octets.
LARGEST = {"lite": 330, "full": 404, "mtls": 700}


class Failed(Exception):
    """A judge's verdict that is not the one it has to be."""


def linter():
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


class Lint:
    """pkilint, and what it found that it may."""

    def __init__(self):
        listed = json.loads((ROOT / "testdata/lint/deviations.json").read_text())
        self.allowed = {profile: {entry["pkilint"] for entry in listed[profile]} - {""} for profile in PROFILES}
        self.seen = {profile: set() for profile in PROFILES}
        self.linter = linter()
        self.count = 0

    def findings(self, der):
        document = loader.RFC5280CertificateDocumentLoader().load_der_document(der)
        results = self.linter.validate(document.root)
        return {found.finding.code for result in results for found in result.finding_descriptions}

    def judge(self, what, profile, der):
        codes = self.findings(der)
        unlisted = codes - self.allowed[profile]
        if unlisted:
            raise Failed(f"pkilint finds in {what} ({profile}): {', '.join(sorted(unlisted))}")
        self.seen[profile] |= codes
        self.count += 1

    def done(self):
        """A deviation that nobody finds any more does not belong on the list."""
        for profile in PROFILES:
            stale = self.allowed[profile] - self.seen[profile]
            if stale:
                raise Failed(f"listed as deviations of {profile}, but not found in any certificate: {stale}")


def vectors(lint):
    entities = json.loads((ROOT / "testdata/chain/manifest.json").read_text())["entities"]
    for entity, described in entities.items():
        for kind, profile in (("lite", "lite"), ("lite_uri", "lite"), ("full", "full")):
            lint.judge(f"{entity} {kind}", profile, bytes.fromhex(described["certs"][kind]["der_hex"]))


def run(arguments, folder, **more):
    return subprocess.run([str(part) for part in arguments], cwd=folder, capture_output=True, text=True, **more)


def must(arguments, folder, **more):
    done = run(arguments, folder, **more)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, arguments))}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def register(dime, folder, kind):
    """A key and request by openssl, registered by the command line; gives the folder of what came back."""
    must(["openssl", "genpkey", "-algorithm", "ed25519", "-out", f"{kind}.key"], folder)
    must(["openssl", "req", "-new", "-key", f"{kind}.key", "-subj", "/serialNumber=1596F3ADGL5Y", "-out", f"{kind}.csr"], folder)
    must(
        [binary("dime"), "register", kind, "--csr", f"{kind}.csr", "--server", dime.http, "--token", dime.token_file, "--out", kind],
        folder,
    )
    return folder / kind


def verify(leaf, anchor, untrusted, folder, purpose=(), expected=True):
    done = run(
        ["openssl", "verify", "-x509_strict", "-check_ss_sig", *purpose, "-CAfile", anchor, "-untrusted", untrusted, leaf], folder
    )
    if (done.returncode == 0) != expected:
        raise Failed(f"openssl verify {leaf} under {untrusted}: {done.stdout}{done.stderr}")
    return done.stderr


def chains(dime, folder, lint):
    """The authorities' certificates by profile in one PEM file each, all linted; gives their number by profile."""
    authorities = dime.get("/v1/dki")["authorities"]
    texts = dict.fromkeys(PROFILES, "")
    for authority in authorities:
        for profile, member in (("lite", "certificate"), ("full", "full"), ("mtls", "mtls")):
            der = base64.b64decode(authority[member])
            lint.judge(authority["det"], profile, der)
            size(profile, der)
            body = base64.encodebytes(der).decode().strip()
            text = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
            texts[profile] += text
            if authority["parent"] == authority["det"]:
                (folder / f"anchor-{profile}.pem").write_text(text)
    for profile, text in texts.items():
        (folder / f"authorities-{profile}.pem").write_text(text)
    return len(authorities)


def size(profile, der):
    if len(der) > LARGEST[profile]:
        raise Failed(f"a {profile} certificate has {len(der)} octets, more than {LARGEST[profile]}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def handshake(folder, server, client, authorities, expected):
    """TLS 1.3 between two openssl programs, each asking for the other's certificate. `client` is a name, or None for no certificate."""
    port = free_port()
    trust = ["-CAfile", authorities, "-verify_return_error"]
    listening = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", "1", "-tls1_3", "-Verify", "5", "-www", *trust]
        + ["-cert", f"{server}/certificate-mtls.pem", "-key", f"{server}.key", "-cert_chain", f"{server}/certificate-mtls-chain.pem"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for line in listening.stdout:
            if line.startswith("ACCEPT"):
                break
        own = []
        if client:
            own = ["-cert", f"{client}/certificate-mtls.pem", "-key", f"{client}.key", "-cert_chain", f"{client}/certificate-mtls-chain.pem"]
        done = run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_3", "-verify", "5", "-ign_eof", *trust, *own],
            folder,
            input="GET / HTTP/1.0\r\n\r\n",
            timeout=30,
        )
    finally:
        listening.kill()
        said, _ = listening.communicate()
    # The server answers only whom it verified; in TLS 1.3 the client itself is done before.
    held = "Verify return code: 0 (ok)" in done.stdout and "HTTP/1.0 200 ok" in done.stdout
    if held != expected:
        raise Failed(f"TLS, server {server}, client {client}: {done.stdout[-1500:]}{done.stderr[-800:]}{said[-800:]}")


def stranger(folder):
    """A certificate that says the same as the service's, but by an authority of somebody else's with the same names."""
    must(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "stranger-ca.key"], folder)
    must(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "stranger.key"], folder)
    issuer = must(["openssl", "x509", "-in", "service/certificate-mtls.pem", "-noout", "-issuer", "-nameopt", "multiline"], folder)
    issuer = issuer.split("=", 2)[-1].strip()
    subject = ["-subj", f"/CN={issuer}"]
    must(["openssl", "req", "-x509", "-new", "-key", "stranger-ca.key", *subject, "-days", "5", "-out", "stranger-ca.pem"], folder)
    must(["openssl", "req", "-new", "-key", "stranger.key", "-subj", "/CN=stranger", "-out", "stranger.csr"], folder)
    signer = ["-CA", "stranger-ca.pem", "-CAkey", "stranger-ca.key", "-days", "5"]
    (folder / "stranger").mkdir()
    must(["openssl", "x509", "-req", "-in", "stranger.csr", *signer, "-out", "stranger/certificate-mtls.pem"], folder)
    (folder / "stranger/certificate-mtls-chain.pem").write_text((folder / "stranger-ca.pem").read_text())


def live(folder, lint):
    with Dime(folder / "dime") as dime:
        count = chains(dime, folder, lint)
        for kind in ("service", "aircraft"):
            got = register(dime, folder, kind)
            shown = json.loads((got / "registration.json").read_text())["certificates"]
            for profile in PROFILES:
                der = (got / f"certificate-{profile}.der").read_bytes()
                if base64.b64decode(shown[profile]) != der:
                    raise Failed(f"{kind}: the {profile} certificate in the reply is not the one in the file")
                lint.judge(kind, profile, der)
                size(profile, der)
            leaf, above = f"{kind}/certificate-mtls.pem", f"{kind}/certificate-mtls-chain.pem"
            for purpose in ("sslclient", "sslserver"):
                verify(leaf, "anchor-mtls.pem", above, folder, ["-purpose", purpose])
            verify(f"{kind}/certificate-full.pem", "anchor-mtls.pem", above, folder)
            # Lite and Full authorities cannot be found by name: by design.
            for profile in ("lite", "full"):
                told = verify(
                    f"{kind}/certificate-{profile}.pem", f"anchor-{profile}.pem", f"authorities-{profile}.pem", folder, expected=False
                )
                if "error 20 " not in told:
                    raise Failed(f"openssl refuses the {profile} chain of {kind} for another reason: {told}")
            verify(leaf, f"{kind}/certificate-mtls.pem", above, folder, expected=False)
            # The path needs every link.
            text = (folder / above).read_text()
            (folder / "cut.pem").write_text(text[text.index("-----END") :].split("\n", 1)[1])
            verify(leaf, "anchor-mtls.pem", "cut.pem", folder, expected=False)
        stranger(folder)
        for server, client, expected in (
            ("service", "aircraft", True),
            ("aircraft", "service", True),
            ("service", None, False),
            ("service", "stranger", False),
            ("stranger", "service", False),
        ):
            handshake(folder, server, client, "anchor-mtls.pem", expected)
        renewed(dime, folder, lint)
    return count


def renewed(dime, folder, lint):
    """A renewal brings new certificates, which verify as the old ones did."""
    det = json.loads((folder / "service/registration.json").read_text())["det"]
    must([binary("dime"), "renew", det, "--server", dime.http, "--token", dime.token_file, "--out", "renewed"], folder)
    for profile in ("full", "mtls"):
        before, after = (folder / place / f"certificate-{profile}.der" for place in ("service", "renewed"))
        if before.read_bytes() == after.read_bytes():
            raise Failed(f"the renewal kept the {profile} certificate")
        lint.judge("renewed service", profile, after.read_bytes())
        verify(f"renewed/certificate-{profile}.pem", "anchor-mtls.pem", "renewed/certificate-mtls-chain.pem", folder)
    by_http = must(
        ["curl", "-sSf", "-H", "Accept: application/x-pem-file", f"{dime.http}/v1/dets/{det}/certificate?profile=full"], folder
    )
    if by_http != (folder / "renewed/certificate-full.pem").read_text():
        raise Failed("GET certificate?profile=full is not the renewed certificate")


def main():
    os.environ.pop("SSLKEYLOGFILE", None)
    lint = Lint()
    vectors(lint)
    with tempfile.TemporaryDirectory() as folder:
        count = live(pathlib.Path(folder), lint)
    lint.done()
    print(f"certificates: {lint.count} linted, {count} authorities and 2 end entities verified by openssl, 5 TLS connections")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"certificates: {failure}")
