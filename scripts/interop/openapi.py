"""The OpenAPI description judged by openapi-spec-validator, and the API judged against it by schemathesis."""

import argparse
import base64
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from openapi_spec_validator import validate

import dime_process
from dime_process import Dime

OPERATIONS = [
    (r"/v1/registrations", "registrations"),
    (r"/v1/registrations/[^/]+", "registration"),
    (r"/v1/registrations/[^/]+/(approve|deny)", "decision"),
    (r"/v1/dets/[^/]+", "det"),
    (r"/v1/dets/[^/]+/endorsements", "endorsements"),
    (r"/v1/dets/[^/]+/certificate", "certificate"),
    (r"/v1/dets/[^/]+/(revoke|renew)", "end or renewal"),
    (r"/v1/tokens(/.*)?", "tokens"),
    (r"/v1/dki", "dki"),
]
# What has to have gone well at least once, or little was judged.
EXPECTED = {
    "anybody": {"GET det", "GET endorsements", "GET certificate", "GET dki"},
    "a manager": {"GET det", "GET endorsements", "GET certificate", "GET registrations", "GET registration"}
    | {"POST decision", "POST end or renewal", "GET tokens", "POST tokens"},
    "anybody who registers": {"POST registrations"},
    "a manager who registers": {"POST registrations"},
}
# What a manager would find in the lists and end, and be nobody from there on, or of a registry that cannot register.
ENDINGS = ["revokeToken", "suspendAuthority", "retireAuthority", "revokeAuthority", "rekeyAuthority", "reissue"]
# Bodies of octets that schemathesis cannot make up: judge-trust, judge-revocation and the tests of the ceremony send those.
OCTETS = ["askStatus", "importList", "importBundle", "answerCeremony", "storeTrustList"]
# First values that are there, mixed into the made-up ones.
#
# Then what no description can say, so that its check would fail: a schema cannot tell a CSR that is signed by its own key from any other
# text, nor whether a time lies within an issuer's validity; such requests are well formed and refused for what they mean: 422. The query
# of a registration belongs to a body of application/pkcs10 only; OpenAPI cannot tie parameters to a media type; with JSON it is 400.
CONFIGURATION = """
[dictionaries.dets]
values = {dets}
[dictionaries.ids]
values = {ids}
[dictionaries.csrs]
values = {csrs}
[parameters]
"path.det" = {{ dictionary = "dets", probability = 0.7 }}
"path.id" = {{ dictionary = "ids", probability = 0.7 }}
"body.csr" = {{ dictionary = "csrs", probability = 0.7 }}
"body.operator" = {{ dictionary = "dets", probability = 0.5 }}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]
# A shard that does not exist, native certificates of another profile, a distance without a place, times before 1970: no schema says so.
[[operations]]
include-name = ["GET /pki/{{issuer}}/{{shard}}.crl", "GET /v1/dets/{{det}}/certificate", "GET /v1/dki/cache", "GET /v1/registrations"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "406", "409", "422", "429"]
[[operations]]
include-name = "POST /v1/registrations"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "409", "422", "429"]
"""


def csr():
    """A request of a new key."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(Ed25519PrivateKey.generate(), None)
    return base64.b64encode(request.public_bytes(Encoding.DER)).decode()


def post(dime, path, body, token=None):
    request = urllib.request.Request(dime.http + path, data=json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refused:
        # Whoever just fuzzed from this address has used up what it may send in a minute.
        if refused.code != 429:
            raise
        time.sleep(int(refused.headers["Retry-After"]))
        return post(dime, path, body, token)


def known(dime):
    """Registrations of every kind, waiting and registered, and tokens: what is asked of a DET or an id is mostly asked of one that is there."""
    ids, dets = [], []
    token = dime.token_file.read_text().strip()
    for kind in ("operator", "aircraft", "session", "service"):
        for asker in (token, None) if kind in ("operator", "service") else (token,):
            for _ in range(5):
                registration = post(dime, "/v1/registrations", {"kind": kind, "csr": csr()}, asker)
                ids.append(registration["id"])
                dets.append(registration["det"])
    ids += [post(dime, "/v1/tokens", {"role": "auditor", "label": "to be ended"}, token)["id"] for _ in range(20)]
    return {"dets": json.dumps(dets), "ids": json.dumps(ids), "csrs": json.dumps([csr() for _ in range(300)])}


def registrations_as_json(description):
    """The description of registering with a JSON body alone, where there is no query: few made-up requests have none."""
    registering = {**description["paths"]["/v1/registrations"]["post"], "parameters": []}
    content = registering["requestBody"]["content"]
    registering["requestBody"] = {**registering["requestBody"], "content": {"application/json": content["application/json"]}}
    path = {**description["paths"]["/v1/registrations"], "post": registering}
    return {**description, "paths": {**description["paths"], "/v1/registrations": path}}


def schemathesis(dime, who, description, headers, examples, selection=()):
    """Runs `schemathesis run` in a folder of its own; gives its exit code and the operations that went well at least once."""
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    with tempfile.TemporaryDirectory() as scratch:
        configuration, har = pathlib.Path(scratch) / "schemathesis.toml", pathlib.Path(scratch) / "exchanges.har"
        configuration.write_text(CONFIGURATION.format(**known(dime)))
        (pathlib.Path(scratch) / "openapi.json").write_text(json.dumps(description))
        arguments = [program, "--config-file", configuration, "run", "openapi.json", "--url", dime.http, "--max-examples", str(examples)]
        arguments += ["--no-color", "--generation-deterministic", "--report", "har", "--report-har-path", har, *selection]
        for operation in [*OCTETS, *(ENDINGS if headers else [])]:
            arguments += ["--exclude-operation-id", operation]
        for name, value in headers.items():
            arguments += ["--header", f"{name}: {value}"]
        print(f"--- schemathesis as {who}", flush=True)
        code = subprocess.run(arguments, cwd=scratch, env={**os.environ, "COLUMNS": "160"}).returncode
        statuses = collections.Counter()
        for entry in json.loads(har.read_text())["log"]["entries"]:
            path = urllib.parse.urlsplit(entry["request"]["url"]).path
            for pattern, name in OPERATIONS:
                if re.fullmatch(pattern, path):
                    statuses[f"{entry['request']['method']} {name}", entry["response"]["status"]] += 1
        for (operation, status), count in sorted(statuses.items()):
            print(f"{count:6} {status} {operation}")
        return code, {operation for operation, status in statuses if status < 300}


def main():
    parser = argparse.ArgumentParser(description="Judge the HTTP API by its own description.")
    parser.add_argument("--examples", type=int, default=30, help="examples for each operation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, Dime(pathlib.Path(scratch) / "data") as dime:
        with urllib.request.urlopen(f"{dime.http}/openapi.json") as reply:
            description = json.load(reply)
        validate(description)
        token = dime.token_file.read_text().strip()
        manager = {"Authorization": f"Bearer {token}"}
        failed = False
        # A manager who may end tokens ends its own sooner or later, so nobody but anybody tries.
        one = ["--phases", "examples,coverage,fuzzing", "--include-operation-id"]
        runs = [
            ("anybody", description, {}, []),
            ("a manager", description, manager, ["--exclude-path", "/v1/tokens/{id}"]),
            ("anybody who registers", registrations_as_json(description), {}, [*one, "register"]),
            ("a manager who registers", registrations_as_json(description), manager, [*one, "register"]),
        ]
        for who, described, headers, selection in runs:
            examples = arguments.examples * (4 if selection[:2] == one[:2] else 1)
            code, went_well = schemathesis(dime, who, described, headers, examples, selection)
            failed |= code != 0
            if missing := EXPECTED[who] - went_well:
                print(f"FAILED: never went well for {who}: {', '.join(sorted(missing))}", file=sys.stderr)
                failed = True
        if dime.process.poll() is not None:
            print(f"FAILED: dime ended with {dime.process.returncode}", file=sys.stderr)
            return 1
        return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except dime_process.Failed as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
