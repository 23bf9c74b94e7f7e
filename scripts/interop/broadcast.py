"""What `dime broadcast` sends, heard by `air.py`, which is first tried on the published example and the derived vectors.

Pages, parity and the recovery of every page, hashes (cSHAKE by pycryptodome), signatures (Ed25519 by cryptography), the chain, the
rates of RFC 9575; MAVLink messages built by pymavlink and turned into the 25 octets that a Remote ID module would send.
"""

import base64
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ["MAVLINK20"] = "1"
from pymavlink.dialects.v20 import common as mavlink

import air
from dime_process import Dime, Failed, binary
from drip_objects import DRIP_EPOCH, Wrong, det_bytes, det_text

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
MINUTES = 11


def run(*arguments, code=0):
    done = subprocess.run([binary("dime"), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != code:
        raise Failed(f"dime {' '.join(map(str, arguments))}: {done.returncode} {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout


def expect(condition, what):
    if not condition:
        raise Wrong(what)


# --- the reader itself ---------------------------------------------------------------------------------------------------------


def check_reader():
    """What is published and derived is read as it is meant, and every changed octet is noticed."""
    example = json.loads((TESTDATA / "rfc9575/raw-example.json").read_text())
    unhex = bytes.fromhex
    for name in ("link", "wrapper", "manifest"):
        pages = [unhex(page) for page in example[name]["pages"]]
        read = air.assemble(pages)
        expect(read.data == unhex(example[name]["data"]) and read.parity, f"RFC 9575's {name} is not read as it is")
        check_recovery(name, pages)
    hi = unhex(example["hi"])
    air.Evidence.read("wrapper", unhex(example["wrapper"]["data"])[1:]).verify("RFC 9575's wrapper", hi)
    hashes = [air.auth_hash(unhex(message)).hex() for message in example["messages"]]
    expect(hashes == example["message_hashes"], "RFC 9575's hashes differ")
    ua = json.loads((TESTDATA / "chain/manifest.json").read_text())
    hi, ua = unhex(ua["entities"]["ua1"]["hi"]), ua["broadcast_ua1"]
    data = unhex(ua["wrapper"]["data"])
    for place in range(1, len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            air.Evidence.read("wrapper", bytes(changed[1:])).verify("wrapper", hi)
        except Wrong:
            continue
        raise Failed(f"the reader takes a Wrapper with octet {place} changed")
    previous, *_ = air.manifest("manifest", air.Evidence.read("manifest", unhex(ua["manifest_rfc_example_rule"]["data"])[1:]).evidence)
    expect(previous == bytes(8), "the first manifest of the vectors has a previous one")


def check_recovery(what, pages):
    for lost in range(len(pages)):
        expect(air.recover(pages, lost) == pages, f"{what}: page {lost} does not come back")


# --- what was sent -------------------------------------------------------------------------------------------------------------


class Station:
    """One UA, and what it sends in one way."""

    def __init__(self, folder, hi, anchors):
        self.folder, self.hi, self.anchors = folder, hi, anchors

    def send(self, form, *how):
        out = self.folder / f"sent-{form}"
        run("broadcast", "--key", self.folder / "ua.pem", "--registration", self.folder / "ua", "--format", form, "--out", out, *how)
        return out

    def check(self, start, transport, parity, *how):
        how = ["--at", start, "--minutes", MINUTES, "--location", "47.3769,8.5417,500", "--transport", transport, *how]
        document = json.loads(self.send("json", *how).read_text())
        octets = self.send("messages", *how).read_bytes()
        sent = [bytes.fromhex(message) for each in document["transmissions"] for message in each["messages"]]
        expect(b"".join(sent) == octets, "JSON and binary differ")
        expect([octets for octets, _ in air.split(octets)] == sent, "the binary stream is not split where it was put together")
        ua = det_bytes(document["det"])
        links = [bytes.fromhex(link) for link in document["links"]]
        expect(self.send("links", *how).read_bytes() == b"".join(links), "the Links by themselves differ")
        endorsements = self.check_links(ua, links, start)
        heard = Heard(self, ua, endorsements[-1].raw, parity, transport)
        for each in document["transmissions"]:
            heard.take(each)
        heard.check_rates(start, links)
        return heard

    def check_links(self, ua, links, at):
        expect(len(links) == 4, f"{len(links)} Links instead of 4")
        endorsements = [air.link(data) for data in links]
        keys = dict(self.anchors)
        for endorsement in endorsements:
            what = f"Link of {det_text(endorsement.child)}"
            expect(endorsement.parent in keys, f"{what}: its parent is not above it")
            endorsement.check(what, keys[endorsement.parent], at, DRIP_EPOCH)
            keys[endorsement.child] = endorsement.child_hi
        expect(endorsements[-1].child == ua and keys[ua] == self.hi, "the last Link is not that of the UA")
        return endorsements


class Heard:
    """Everything of one transmission, checked as it comes."""

    def __init__(self, station, ua, endorsement, parity, transport):
        self.station, self.ua, self.parity, self.transport = station, ua, parity, transport
        self.link_hash = air.auth_hash(endorsement)
        self.times = {}
        self.hashes = {}
        self.previous = None
        self.counts = {}

    def take(self, each):
        at = seconds(each["at"])
        messages = [bytes.fromhex(message) for message in each["messages"]]
        kind = each["kind"]
        pack = None
        if self.transport == "extended":
            expect(len(messages) == 1, f"{len(messages)} packs at once")
            (octets, pack), = air.split(messages[0])
            self.hashes[air.auth_hash(octets)] = any(message[0] >> 4 == 1 for message in pack)
            messages = list(pack)
        pages = [message for message in messages if message[0] >> 4 == 2]
        for message in messages:
            if message[0] >> 4 == 2:
                continue
            self.hashes[air.auth_hash(message)] = message[0] >> 4 == 1
            self.times.setdefault(message[0] >> 4, []).append(at)
            if message[0] >> 4 == 0:
                expect(air.basic_id_det(message) == self.ua, "the Basic ID is of another DET")
            else:
                tenths = int.from_bytes(message[21:23], "little")
                expect(tenths == at % 3600 * 10, f"a Location of {tenths} at {each['at']}")
        if not pages:
            expect("data" not in each, f"{kind}: data without pages")
            return
        message = air.assemble(pages)
        expect(message.parity == self.parity, f"{kind}: parity is {message.parity}")
        if self.parity:
            check_recovery(kind, pages)
        expect(message.timestamp + DRIP_EPOCH == at, f"{kind}: the timestamp is {message.timestamp}")
        expect(message.data.hex() == each["data"], f"{kind}: the pages hold something else")
        self.times.setdefault(message.data.hex() if kind == "Link" else kind, []).append(at)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == "Link":
            air.link(message.data)
            return
        evidence = air.Evidence.read(kind, message.data[1:])
        expect(evidence.vnb + DRIP_EPOCH == at and evidence.vna - evidence.vnb == 120, f"{kind}: valid {evidence.vnb} to {evidence.vna}")
        expect(evidence.ua == self.ua, f"{kind}: of another UA")
        if kind == "Wrapper":
            expect(message.data[0] == 2, f"a Wrapper of SAM type {message.data[0]}")
            inside = evidence.evidence
            if self.transport == "extended":
                expect(inside == b"", "a Wrapper in a pack is not in the extended form")
                inside = b"".join(sorted((m for m in pack if m[0] >> 4 != 2), key=lambda m: m[0] >> 4))
                evidence.verify(kind, self.station.hi, inside)
            else:
                evidence.verify(kind, self.station.hi)
            kinds = [message[0] >> 4 for message in air.wrapped(kind, inside)]
            expect(kinds == [0, 1], f"a Wrapper of {kinds}")
            return
        expect(kind == "Manifest" and message.data[0] == 3, f"{kind} of SAM type {message.data[0]}")
        evidence.verify(kind, self.station.hi)
        previous, current, link_hash, hashes = air.manifest(kind, evidence.evidence)
        expect(previous == (self.previous or bytes(8)), "a Manifest does not follow on the one before")
        expect(link_hash == self.link_hash, "a Manifest names another Link")
        expect(all(each in self.hashes for each in hashes), "a Manifest names what was not sent")
        expect(any(self.hashes[each] for each in hashes), "a Manifest names no Location")
        self.previous = current

    def check_rates(self, start, links):
        """RFC 9575, section 6.3, and F3411 for Location and Basic ID."""
        end = start + 60 * MINUTES
        signed = sorted(self.times["Wrapper"] + self.times["Manifest"])
        rates = [("Location", self.times[1], 1), ("Basic ID", self.times[0], 3), ("Wrapper or Manifest", signed, 5)]
        rates += [(f"Link {number + 1}", self.times[link.hex()], 60 if number == 3 else 300) for number, link in enumerate(links)]
        for what, times, limit in rates:
            gaps = [after - before for before, after in zip([start, *times], [*times, end])]
            expect(max(gaps) <= limit, f"{what}: {max(gaps)} seconds without")


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


# --- MAVLink -------------------------------------------------------------------------------------------------------------------


def rebuild(message):
    """The 25 octets of F3411 that a module makes of a MAVLink message, by the units of the two."""
    if message.get_type() == "OPEN_DRONE_ID_AUTHENTICATION":
        data = bytes(message.authentication_data)
        if message.data_page == 0:
            expect(not any(data[17:]), "page 0 has more than 17 octets of data")
            data = bytes([message.last_page_index, message.length]) + message.timestamp.to_bytes(4, "little") + data[:17]
        else:
            expect((message.last_page_index, message.length, message.timestamp) == (0, 0, 0), "fields of page 0 in another page")
        return bytes([0x22, message.authentication_type << 4 | message.data_page]) + data
    if message.get_type() == "OPEN_DRONE_ID_BASIC_ID":
        return bytes([0x02, message.id_type << 4 | message.ua_type]) + bytes(message.uas_id) + bytes(3)
    expect(message.get_type() == "OPEN_DRONE_ID_LOCATION", f"a {message.get_type()}")
    degrees = message.direction // 100
    west = degrees >= 180
    fast = message.speed_horizontal > 6375
    speed = (message.speed_horizontal - 6375) // 75 if fast else message.speed_horizontal // 25
    altitudes = (message.altitude_barometric, message.altitude_geodetic, message.height)
    return b"".join(
        [
            bytes([0x12, message.status << 4 | message.height_reference << 2 | west << 1 | fast, degrees - 180 * west, speed]),
            (message.speed_vertical // 50).to_bytes(1, "little", signed=True),
            message.latitude.to_bytes(4, "little", signed=True),
            message.longitude.to_bytes(4, "little", signed=True),
            *(round((altitude + 1000) * 2).to_bytes(2, "little") for altitude in altitudes),
            bytes([message.vertical_accuracy << 4 | message.horizontal_accuracy, message.barometer_accuracy << 4 | message.speed_accuracy]),
            round(message.timestamp * 10).to_bytes(2, "little"),
            bytes([message.timestamp_accuracy, 0]),
        ]
    )


def check_mavlink(station, start, *how):
    how = ["--at", start, "--minutes", 1, "--location", "-33.9,-151.2,35.5", *how]
    sent = json.loads(station.send("mavlink", "--target-system", 1, "--target-component", 42, *how).read_text())
    expected = [octets for octets, _ in air.split(station.send("messages", *how).read_bytes())]
    link = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
    rebuilt = []
    for fields in sent:
        fields = dict(fields)
        kind = fields.pop("mavpackettype")
        fields.pop("at")
        made = getattr(mavlink, f"MAVLink_{kind.lower()}_message")(**fields)
        received = mavlink.MAVLink(None).parse_buffer(bytearray(made.pack(link)))
        expect(len(received) == 1 and received[0].get_type() == kind, f"{kind} does not come through")
        expect((received[0].target_system, received[0].target_component) == (1, 42), "another target")
        rebuilt.append(rebuild(received[0]))
    expect(rebuilt == expected, "the octets that a module makes of the MAVLink messages are not those of F3411")
    return len(sent)


# --- dime's own observer on what it and others sent ------------------------------------------------------------------------------


def check_observer(station, anchor, start):
    """A stream with a page of every message lost is trusted; with a message changed it is not."""
    dice = random.Random(9575)
    lines = station.send("hex", "--at", start, "--minutes", 1).read_text().splitlines()
    lossy, changed = [], []
    group = []
    for line in [*lines, "#"]:
        if line.startswith("#"):
            if len(group) > 1:
                group.remove(dice.choice(group))
            lossy += [*group, line]
            group = []
        else:
            group.append(line)
    judged = lambda name: json.loads(run("verify", station.folder / name, "--as-recorded", "--json", "--anchor", anchor))
    (station.folder / "lossy.hex").write_text("\n".join(lossy) + "\n")
    expect(judged("lossy.hex")["state"] == "trusted", "a stream with a page of every message lost is not trusted")
    for line in lines:
        # The signature of a Wrapper or Manifest ends in page 5 or 6; in page 4 there is signature in all of them.
        changed.append(line[:20] + ("0" if line[20] != "0" else "1") + line[21:] if line.startswith("2254") else line)
    (station.folder / "changed.hex").write_text("\n".join(changed) + "\n")
    state = json.loads(run("verify", station.folder / "changed.hex", "--as-recorded", "--json", "--anchor", anchor, code=1))["state"]
    expect(state not in ("trusted", "verified"), f"a stream with all its signatures changed is {state}")


def main():
    check_reader()
    with tempfile.TemporaryDirectory(prefix="dime-air-") as scratch:
        folder = pathlib.Path(scratch)
        dime = Dime(folder / "data")
        try:
            run("key", "new", "--out", folder / "ua.pem")
            run("csr", "new", "--key", folder / "ua.pem", "--out", folder / "ua.csr")
            run("register", "aircraft", "--csr", folder / "ua.csr", "--server", dime.http, "--token", dime.token_file, "--out", folder / "ua")
            registration = json.loads((folder / "ua/registration.json").read_text())
            anchor = folder / "data/anchor.pem"
            shown = json.loads(run("inspect", anchor, "--json"))
            anchors = [(det_bytes(shown["det"]), bytes.fromhex(shown["hi"]))]
            station = Station(folder, bytes.fromhex(registration["hi"]), anchors)
            start = seconds(registration["not_before"]) + 60
            for transport, parity, how in (("legacy", True, ()), ("legacy", False, ("--no-fec",)), ("extended", False, ())):
                heard = station.check(start, transport, parity, *how)
                counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(heard.counts.items()))
                print(f"ok  {transport}, {'with' if parity else 'without'} parity: {MINUTES} minutes, {counts}")
            for how in ((), ("--no-fec",)):
                print(f"ok  {check_mavlink(station, start, *how)} MAVLink messages by pymavlink become the same octets")
            served = dime.get(f"/v1/dets/{registration['det']}/links")["links"]
            expect(b"".join(map(base64.b64decode, served)) == station.send("links").read_bytes(), "the Links that are served are not those that are sent")
            print("ok  the registrar serves the same four Links")
            check_observer(station, anchor, start)
            print("ok  dime's observer trusts what lost a page of every message, and nothing with changed signatures")
        finally:
            dime.stop()


if __name__ == "__main__":
    try:
        main()
    except (Wrong, Failed) as fault:
        sys.exit(f"FAILED: {fault}")
