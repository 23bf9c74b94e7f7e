"""Trust lists and offline caches: one made here is understood by dime, one made by dime is understood here, and both by their CDDL.

CBOR is read and written by cbor2, COSE_Sign1 by pycose, and held against `crates/drip-wire/cddl` by cddl-verifier; endorsements are read
octet by octet. What dime verifies without a connection it does in a network namespace of its own.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm, ContentType
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

import dime_process
from dime_process import ROOT, Dime, binary
from drip_objects import DRIP_EPOCH, Endorsement, Wrong, check_det, derive, det_bytes, det_fields, det_text

CDDL = ROOT / "crates/drip-wire/cddl"
TRUST_LIST = "application/vnd.dime.trust-list+cbor"
CACHE = "application/vnd.dime.offline-cache+cbor"
DAY = 86_400


class Failed(Exception):
    """The answer is not the one it has to be."""


def check(what, holds):
    if not holds:
        raise Failed(what)
    print(f"  {what}")


def canonical(octets):
    """Read, and written anew by cbor2's canonical encoder, the same."""
    value = cbor2.loads(octets)
    if cbor2.dumps(value, canonical=True) != octets:
        raise Wrong("not deterministic CBOR")
    return value


def by_cddl(name, rule, octets, folder):
    path = pathlib.Path(folder) / f"{name}.cbor"
    path.write_bytes(octets)
    tool = pathlib.Path(sys.executable).with_name("cddl-verify")
    arguments = ["-t", rule, "--require-deterministic", CDDL / f"{name}.cddl", path]
    done = subprocess.run([tool, *arguments], capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


# --- the envelope ---------------------------------------------------------------------------------------------------------------


def opened(octets, hi, media):
    """The payload of a COSE_Sign1 by this key."""
    message = Sign1Message.decode(octets)
    if message.phdr.get(Algorithm) is not EdDSA or message.uhdr:
        raise Wrong("another algorithm, or something that is not signed")
    if message.phdr.get(ContentType) != media:
        raise Wrong(f"it says that it holds {message.phdr.get(ContentType)}")
    check_det("kid", message.phdr[KID], hi)
    message.key = OKPKey(crv=Ed25519, x=hi)
    if not message.verify_signature():
        raise Wrong("the signature is not by the key")
    if cbor2.dumps(cbor2.loads(octets), canonical=True) != octets:
        raise Wrong("not deterministic CBOR")
    return message.phdr[KID], message.payload


def sealed(payload, key, det, media):
    """A COSE_Sign1, made by pycose; the labels of its header in ascending order."""
    hi = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    message = Sign1Message(phdr={Algorithm: EdDSA, ContentType: media, KID: det}, uhdr={}, payload=payload)
    message.key = OKPKey(crv=Ed25519, x=hi, d=key.private_bytes_raw())
    return message.encode()


# --- trust lists ----------------------------------------------------------------------------------------------------------------


def trust_list(issuer, sequence, not_before, not_after, trusted):
    """CBOR of a list; `trusted` is (DET, HI, role) in any order."""
    entries = []
    for det, hi, role in sorted(trusted):
        entry = {0: det, 1: hi}
        if role == "bridge":
            entry[3] = 1
        entries.append(entry)
    value = {0: 1, 1: issuer, 2: sequence, 3: [not_before, not_after], 4: entries}
    return cbor2.dumps(value, canonical=True)


# --- caches ---------------------------------------------------------------------------------------------------------------------


class Cache:
    """What an offline cache says, read by cbor2."""

    def __init__(self, payload):
        value = canonical(payload)
        if value[0] != 1:
            raise Wrong(f"version {value[0]}")
        self.issuer, self.sequence, (self.not_before, self.not_after), self.scope = (value[key] for key in (1, 2, 3, 4))
        self.base = value.get(5)
        read = lambda key: [Endorsement.read(f"key {key}", raw) for raw in value.get(key, [])]
        self.issuing, self.chains, self.entities, self.cross = (read(key) for key in (8, 9, 10, 11))
        self.bridges, self.trust_list = value.get(13, []), value.get(14)
        for key in (8, 9, 10, 11, 13):
            if value.get(key, []) != sorted(set(value.get(key, []))):
                raise Wrong(f"key {key} is not in order")

    def keys_from(self, anchor_det, anchor_hi, at):
        """The keys that hang from the anchor, by the endorsements in the cache."""
        keys = {anchor_det: anchor_hi}
        waiting = self.chains + self.issuing + self.entities
        while True:
            ready = [each for each in waiting if each.parent in keys]
            if not ready:
                return keys, waiting
            for each in ready:
                each.check(det_text(each.child), keys[each.parent], at, DRIP_EPOCH)
                keys[each.child] = each.child_hi
            waiting = [each for each in waiting if each not in ready]


# --- dime -----------------------------------------------------------------------------------------------------------------------


def request(dime, method, path, body=None, content_type=None, accept=None):
    headers = {"authorization": f"Bearer {dime.token_file.read_text().strip()}"}
    if content_type:
        headers["content-type"] = content_type
    if accept:
        headers["accept"] = accept
    asked = urllib.request.Request(dime.http + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(asked) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def run(*arguments, network=True):
    """dime's exit code and JSON. Without a network: in a namespace that has none."""
    prefix = []
    if not network:
        prefix = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    done = subprocess.run([*prefix, binary("dime"), *map(str, arguments), "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else {"error": done.stderr}


def own_authority(dime, level, entity_class):
    for authority in dime.get("/v1/dki")["authorities"]:
        if (authority["level"], authority["class"]) == (level, entity_class):
            return det_bytes(authority["det"]), bytes.fromhex(authority["hi"])
    raise Failed(f"no {level} {entity_class} in /v1/dki")


def authorization_key(dime, hi):
    """The TEST tree's own, which a real tree would not have here."""
    for path in sorted((dime.folder / "keys").rglob("*.pem")):
        key = load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, Ed25519PrivateKey) and key.public_key().public_bytes_raw() == hi:
            return key
    raise Failed("the TEST tree's RAA key is not in its folder")


def register(dime, folder):
    """An aircraft, by dime's own command line; its last endorsement and its DET."""
    key, csr, out = (pathlib.Path(folder) / name for name in ("ua.pem", "ua.csr", "ua"))
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/serialNumber=8653F02T7B8RA85D19LX", "-out", csr], check=True)
    done = subprocess.run(
        [binary("dime"), "register", "aircraft", "--csr", csr, "--server", dime.http, "--token", dime.token_file, "--out", out],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise Failed(f"register: {done.stderr}")
    last = sorted(out.glob("endorsement-*.bin"))[-1]
    return last, json.loads((out / "registration.json").read_text())["det"]


def judge_trust_lists(dime, folder, anchor):
    print("trust lists")
    raa_det, raa_hi = own_authority(dime, "raa", "authorization")
    key = authorization_key(dime, raa_hi)
    now = int(time.time())
    other = Ed25519PrivateKey.generate()
    other_hi = other.public_key().public_bytes_raw()
    other_det = derive(16377, 0, 5, other_hi)
    bridge_hi = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    bridge_det = derive(16378, 0, 5, bridge_hi)
    trusted = [(other_det, other_hi, "registry"), (bridge_det, bridge_hi, "bridge")]
    payload = trust_list(raa_det, 7, now - 60, now + 90 * DAY, trusted)
    signed = sealed(payload, key, raa_det, TRUST_LIST)
    holds, why = by_cddl("trust-list", "signed-trust-list", signed, folder)
    check(f"a list made by cbor2 and pycose holds by its CDDL {'' if holds else why}", holds)

    path = pathlib.Path(folder) / "list.cose"
    path.write_bytes(signed)
    code, shown = run("trust", "list", "verify", path, "--anchor", anchor, network=False)
    check("dime verifies it without a network", code == 0 and len(shown["trusted"]) == 3)
    for place in range(0, len(signed), 7):
        damaged = bytearray(signed)
        damaged[place] ^= 1 << (place % 8)
        path.write_bytes(damaged)
        code, shown = run("trust", "list", "verify", path, "--anchor", anchor)
        if code == 0:
            raise Failed(f"a list damaged at octet {place} is trusted")
    print(f"  none of {len(range(0, len(signed), 7))} damaged ones is trusted")

    status, _ = request(dime, "POST", "/v1/dki/trust-list", signed, "application/cose")
    check("the server takes it in", status == 200)
    status, given = request(dime, "GET", "/v1/dki/trust-list", accept="application/cose")
    check("and gives the same octets out", status == 200 and given == signed)
    _, given = request(dime, "GET", "/v1/dki/trust-list", accept="application/json")
    check("and as JSON the same entries", [entry["role"] for entry in json.loads(given)["trusted"]].count("bridge") == 1)
    older = sealed(trust_list(raa_det, 6, now - 60, now + DAY, trusted), key, raa_det, TRUST_LIST)
    status, problem = request(dime, "POST", "/v1/dki/trust-list", older, "application/cose")
    check("an older one is refused", status == 409 and json.loads(problem)["type"].endswith("superseded"))
    foreign = sealed(trust_list(other_det, 9, now - 60, now + DAY, [(bridge_det, bridge_hi, "bridge")]), other, other_det, TRUST_LIST)
    status, _ = request(dime, "POST", "/v1/dki/trust-list", foreign, "application/cose")
    check("another RAA's is refused", 400 <= status < 500)
    return signed, other, other_det, other_hi


def judge_caches(dime, folder, anchor, signed_list):
    print("offline caches")
    raa_det, raa_hi = own_authority(dime, "raa", "authorization")
    endorsement, ua = register(dime, folder)
    first = pathlib.Path(folder) / "cache-1.cose"
    status, octets = request(dime, "GET", "/v1/dki/cache", accept="application/cose")
    check("the server gives one", status == 200)
    first.write_bytes(octets)
    holds, why = by_cddl("offline-cache", "signed-offline-cache", octets, folder)
    check(f"it holds by its CDDL {'' if holds else why}", holds)

    now = int(time.time())
    message = Sign1Message.decode(octets)
    cache = Cache(message.payload)
    keys, left = cache.keys_from(raa_det, raa_hi, now)
    check("every endorsement in it hangs from the trust anchor", not left)
    signer, payload = opened(octets, keys[cache.issuer], CACHE)
    check("pycose verifies it by the key of its issuer", signer == cache.issuer and payload == message.payload)
    check("it holds now", cache.not_before <= now <= cache.not_after)
    check("it has the trust list", cache.trust_list == signed_list)
    ua_link = Endorsement.read("the aircraft's", endorsement.read_bytes())
    ua_link.check("the aircraft's", keys[ua_link.parent], now, DRIP_EPOCH)
    print("  the aircraft's one endorsement hangs from it")

    code, report = run("verify", endorsement, "--anchor", anchor, "--cache", first, network=False)
    check("dime verifies the aircraft with it, without a network", code == 0 and report["state"] == "verified-offline")
    code, report = run("verify", endorsement, "--anchor", anchor, network=False)
    check("and not without it", code == 1)
    issuer = det_text(ua_link.parent)
    code, report = run("resolve", issuer, "--anchor", anchor, "--offline", first, network=False)
    check("dime resolves the HDA's Issuing DET from it", code == 0 and report["state"] == "trusted")
    code, report = run("resolve", ua, "--anchor", anchor, "--offline", first, network=False)
    check("and says that the aircraft is not in it", code == 1 and report["state"] == "not-in-cache")
    with_ua = pathlib.Path(folder) / "cache-ua.cose"
    code, _ = run("cache", "export", "--server", dime.http, "--det", ua, "--out", with_ua)
    check("a cache with the aircraft can be had", code == 0)
    code, report = run("resolve", ua, "--anchor", anchor, "--offline", with_ua, network=False)
    check("and the aircraft is resolved from that", code == 0 and report["state"] == "verified-offline")
    for place in range(0, len(octets), 41):
        damaged = bytearray(octets)
        damaged[place] ^= 1 << (place % 8)
        path = pathlib.Path(folder) / "damaged.cose"
        path.write_bytes(damaged)
        code, report = run("verify", endorsement, "--anchor", anchor, "--cache", path)
        if code == 0 or report.get("trusted"):
            raise Failed(f"the cache damaged at octet {place} is believed")
    print(f"  none of {len(range(0, len(octets), 41))} damaged ones is believed")
    return first, cache


def judge_deltas(dime, folder, anchor, first, cache, other, other_det, other_hi):
    print("deltas and cross-endorsements")
    raa_det, raa_hi = own_authority(dime, "raa", "authorization")
    now = int(time.time())

    def endorse(key, parent, child, child_hi):
        window = (now - 60 - DRIP_EPOCH).to_bytes(4, "little") + (now + 30 * DAY - DRIP_EPOCH).to_bytes(4, "little")
        body = window + child + child_hi + parent
        return body + key.sign(body)

    by_other = endorse(other, other_det, raa_det, raa_hi)
    own = endorse(other, other_det, other_det, other_hi)
    path = "/v1/dki/cross-endorsements"
    status, _ = request(dime, "POST", path, by_other + own, "application/octet-stream")
    check("another RAA's cross-endorsement is taken in", status == 200)
    ours = endorse(authorization_key(dime, raa_hi), raa_det, other_det, other_hi)
    status, _ = request(dime, "POST", path, ours, "application/octet-stream")
    check("and ours of it", status == 200)
    status, given = request(dime, "GET", path, accept="application/octet-stream")
    check("both are published", sorted([by_other, ours]) == sorted(given[place : place + 136] for place in range(0, len(given), 136)))

    delta_file = pathlib.Path(folder) / "delta.cose"
    code, shown = run("cache", "export", "--server", dime.http, "--since", first, "--out", delta_file)
    check("what changed is a delta", code == 0 and shown["base"] == cache.sequence and len(shown["cross"]) == 2)
    holds, why = by_cddl("offline-cache", "signed-offline-cache", delta_file.read_bytes(), folder)
    check(f"it holds by its CDDL {'' if holds else why}", holds)
    code, _ = run("resolve", det_text(other_det), "--anchor", anchor, "--offline", first, "--offline", delta_file, network=False)
    check("with it the other RAA is trusted without a network", code == 0)
    code, _ = run("resolve", det_text(other_det), "--anchor", anchor, "--offline", delta_file, "--offline", first, network=False)
    check("out of order they are refused", code == 1)
    code, _ = run("resolve", det_text(other_det), "--anchor", anchor, "--offline", delta_file, network=False)
    check("the delta alone is refused", code == 1)


def judge_three(first, folder):
    """Three dimes, a bridge made here, and each of the three models: whose aircraft does the first one's user trust?"""
    print("three RAAs that fly together")
    now = int(time.time())
    window = (now - 60 - DRIP_EPOCH).to_bytes(4, "little") + (now + 30 * DAY - DRIP_EPOCH).to_bytes(4, "little")
    folder = pathlib.Path(folder)
    with Dime(folder / "second", raa=16377) as second, Dime(folder / "third", raa=16378) as third:
        flown = []
        for number, dime in enumerate((first, second, third)):
            place = folder / f"flight-{number}"
            place.mkdir()
            _, ua = register(dime, place)
            det, hi = own_authority(dime, "raa", "authorization")
            flown.append((dime, ua, det, hi, authorization_key(dime, hi)))
        bridge = Ed25519PrivateKey.generate()
        bridge_hi = bridge.public_key().public_bytes_raw()
        bridge_det = derive(16379, 0, 5, bridge_hi)

        def endorse(key, parent, child, child_hi, name):
            body = window + child + child_hi + parent
            path = folder / name
            path.write_bytes(body + key.sign(body))
            return path

        def trusted(user, *how):
            states = []
            for dime, ua, *_ in flown:
                code, report = run("resolve", ua, "--dns", dime.dns, "--anchor", user.folder / "anchor.pem", *how)
                states.append((code, report["state"]))
            return states

        all_of_them = [(0, "registered")] * 3
        for number, (user, _, det, hi, key) in enumerate(flown):
            alone = [(0, "registered") if other == number else (1, "unanchored") for other in range(3)]
            check(f"RAA {number + 1} alone trusts its own", trusted(user) == alone)
            others = [(*each[2:4], "registry") for each in flown if each[2] != det]
            path = folder / f"list-{number}.cose"
            path.write_bytes(sealed(trust_list(det, 1, now - 60, now + DAY, others), key, det, TRUST_LIST))
            check("with its trust list all", trusted(user, "--trust-list", path) == all_of_them)
            cross = [endorse(key, det, other, other_hi, f"cross-{number}-{role}.bin") for role, (other, other_hi, _) in enumerate(others)]
            check("with its cross-endorsements all", trusted(user, "--cross", *cross) == all_of_them)
            over = [endorse(key, det, bridge_det, bridge_hi, f"to-bridge-{number}.bin")]
            over += [endorse(bridge, bridge_det, other, other_hi, f"from-bridge-{role}.bin") for role, (other, other_hi, _) in enumerate(others)]
            check("over a bridge all", trusted(user, "--bridge", det_text(bridge_det), "--cross", *over) == all_of_them)
            check("over one that nobody says is a bridge only its own", trusted(user, "--cross", *over).count((0, "registered")) == 1)


def main():
    if shutil.which("unshare") is None:
        raise Failed("unshare is missing")
    with tempfile.TemporaryDirectory() as folder:
        with Dime(pathlib.Path(folder) / "dime") as dime:
            anchor = dime.folder / "anchor.pem"
            signed, *other = judge_trust_lists(dime, folder, anchor)
            first, cache = judge_caches(dime, folder, anchor, signed)
            judge_deltas(dime, folder, anchor, first, cache, *other)
            judge_three(dime, folder)
    print("trust lists and offline caches: judged")


if __name__ == "__main__":
    try:
        main()
    except (Failed, Wrong, dime_process.Failed) as fault:
        print(f"FAILED: {fault}")
        sys.exit(1)
