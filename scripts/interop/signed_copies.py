#!/usr/bin/env python3
"""dime as a secondary of signed zones: what it serves is what the primary signed, and validators take it for that.

| primary | signed by | zones |
|---|---|---|
| `dime serve` | itself, NSEC | of the RAA and the HDA, named by its catalogue |
| BIND | dnssec-signzone | one with cuts, with DS and without, and hosts; one of an HDA |
| Knot | itself, with a roll-over of its own | one of an HDA |

After the first AXFR, after changes by IXFR, after another key has signed, after a restart of the secondary without its primary: each record is
the same on both, each question with DO has the same answer (not compared with Knot, which answers some otherwise), and delv says "fully
validated" to positive answers, NODATA and NXDOMAIN of the copy. Zones with NSEC3 are refused, and what was served is served on; signatures
that have ended are served on and told of. Run by `judge-secondaries`, or by itself.
"""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import dns.exception
import dns.message
import dns.query

import differential_dns
import name_servers
from dime_process import Dime, Failed, binary, zone_names
from dime_secondary import Copy, run, until
from secondary_servers import ALGORITHM, CATALOG, KEY, KEY_NAME, SECRET, serial, transfer
from signing_primaries import Bind, Knot

DETS = 30
MISSING = 300

SIGNING = re.compile(r"\S+ \d+ IN (RRSIG|NSEC|DNSKEY|CDS|CDNSKEY) ")


def await_copy(primary_port, copy, zones):
    """The copy has the primary's serials."""
    def missing():
        return {zone: (serial(zone, copy.port), serial(zone, primary_port)) for zone in zones}

    until(lambda: f"the same serials: {missing()}\n{copy.output()}", lambda: all(ours is not None and ours == theirs for ours, theirs in missing().values()))


def anchors(path, port, zones):
    """A file of delv's trust anchors: the key-signing keys that the primary has."""
    lines = []
    for zone in zones:
        reply = dns.query.tcp(dns.message.make_query(zone, "DNSKEY"), "127.0.0.1", port=port, timeout=5)
        keys = [rdata for rrset in reply.answer for rdata in rrset if rdata.flags == 257]
        lines += [f'"{zone}" static-key 257 3 {int(rdata.algorithm)} "{str(rdata).split(" ", 3)[3].replace(" ", "")}";' for rdata in keys]
    path.write_text("trust-anchors { " + " ".join(lines) + " };\n")
    return path


def validated(copy, anchor, zone, owners):
    """delv's opinion of the copy: of DETs that are there, and of what is not."""
    det = owners[0]
    labels = det.split(".")
    missing = ".".join(["0" if label != "0" else "1" for label in labels[:6]] + labels[6:])
    positive, negative = "; fully validated", "; negative response, fully validated"
    asked = [(zone, "SOA", positive), (zone, "NS", positive), (zone, "DNSKEY", positive), (zone, "NSEC", positive), (det, "TYPE67", positive), (det, "TYPE55", positive), (owners[-1], "TYPE67", positive)]
    asked += [(det, "TXT", negative), (zone, "TXT", negative), (missing, "TYPE67", negative), (f"nobody.{zone}", "A", negative), (".".join(labels[8:]), "TYPE67", negative)]
    for owner, kind, wanted in asked:
        done = subprocess.run([name_servers.program("delv"), "@127.0.0.1", "-p", str(copy.port), "-a", str(anchor), f"+root={zone}", "-t", kind, owner], capture_output=True, text=True)
        text = done.stdout + done.stderr
        if wanted not in text:
            raise Failed(f"delv {owner} {kind} of the copy: wanted {wanted!r}:\n{text[-3000:]}\n{copy.output()}")
    return len(asked)


class Judge:
    """What is compared after each step, and how often."""

    def __init__(self, folder, copy, primary, port, zones, compare=True):
        self.folder, self.copy, self.primary, self.port, self.zones, self.compare = folder, copy, primary, port, zones, compare
        self.records = self.validations = 0

    def alike(self, why, primary_answers=True):
        """`primary_answers`: else what it had last is compared, and nothing is asked."""
        for _ in range(20 if primary_answers else 1):
            if primary_answers:
                await_copy(self.port, self.copy, self.zones)
                before = {zone: serial(zone, self.port) for zone in self.zones}
                self.wanted = {zone: transfer(zone, self.port, KEY) for zone in self.zones}
                self.anchor = anchors(self.folder / f"{self.primary}.anchors", self.port, self.zones)
            taken = {zone: transfer(zone, self.copy.port, KEY) for zone in self.zones}
            # Who signs by itself may do so in between: then once more.
            if not primary_answers or before == {zone: serial(zone, self.port) for zone in self.zones} and taken == self.wanted:
                break
        for zone in self.zones:
            found, wanted = taken[zone], self.wanted[zone]
            if found != wanted:
                raise Failed(f"{self.primary}, {why}: {zone} differs: missing {sorted(wanted - found)[:3]}, too many {sorted(found - wanted)[:3]}\n{self.copy.output()}")
            self.records += len(wanted)
            owners = sorted(owner for owner, kind, *_ in wanted if kind == 67)
            if owners:
                self.validations += validated(self.copy, self.anchor, zone, owners)
        if primary_answers and self.compare:
            files = []
            for zone in self.zones:
                text = run("dig", "@127.0.0.1", "-p", self.port, "-y", f"{ALGORITHM}:{KEY_NAME}:{SECRET}", "+noall", "+answer", "+onesoa", zone, "AXFR")
                files.append(self.folder / f"{self.primary}-{zone}text")
                files[-1].write_text("".join(line + "\n" for line in text.splitlines() if line and not line.startswith(";")))
            servers = [(self.primary, f"127.0.0.1:{self.port}"), ("copy", self.copy.address)]
            if differential_dns.compare(files, servers, MISSING, signatures=True) != 0:
                raise Failed(f"{self.primary}, {why}: answers differ")
        print(f"{self.primary}: {why}: alike and validated", flush=True)

    def by_difference(self, why, change):
        """A change that comes by IXFR, of the last zone at least: of a small one BIND may find that the whole is shorter."""
        zone = self.zones[-1]
        before = self.copy.counts(zone)
        change()
        self.alike(why)
        after = self.copy.counts(zone)
        if after["whole"] != before["whole"] or after["differences"] == before["differences"]:
            raise Failed(f"{self.primary}, {why}: not by IXFR: {before} then {after}\n{self.copy.output()}")

    def restarted(self, stop_primary, start_primary):
        """The copy is served from disk while nobody can be asked."""
        self.copy.stop()
        stop_primary()
        self.copy.start()
        self.alike("started again without the primary", primary_answers=False)
        self.copy.stop(signal.SIGKILL)
        self.copy.start()
        self.alike("killed and started again without the primary", primary_answers=False)
        start_primary()


# --- dime ----------------------------------------------------------------------------------------------------------------------


def of_dime(folder, stack):
    import secondaries_of_dime

    data, port, copy_port = folder / "primary", name_servers.free_port(), name_servers.free_port()
    with Dime(data) as dime:
        zones = zone_names(int(dime.ready["raa"]), int(dime.ready["hda"]))
    secondaries_of_dime.configure(data, port, {"copy": copy_port})
    run(binary("dime"), "dnssec", "keygen", "--dir", data, zones[-1])
    holder = [secondaries_of_dime.Served(data)]
    stack.callback(lambda: holder[0].stop())
    copy = Copy(folder / "copy-of-dime", [CATALOG], port, copy_port)
    stack.callback(copy.stop)
    listed = folder / "dets.txt"
    holder[0].load(DETS, listed)
    copy.start()
    judge = Judge(folder, copy, "dime", port, zones)
    judge.alike("AXFR")
    status = copy.status(zones[-1])
    if status["signed"] != "nsec" or status["role"] != "secondary":
        raise Failed(f"the copy's status: {status}")

    def change():
        holder[0].load(5, listed)
        for det in listed.read_text().split()[:3]:
            holder[0].call(f"/v1/dets/{det}/revoke", {"reason": "the judge says so"})

    hda = Judge(folder, copy, "dime", port, zones[-1:])
    hda.by_difference("registrations and revocations by IXFR", change)
    whole = copy.counts(zones[-1])["whole"]
    for zone in (zones[3], zones[-1]):
        before = serial(zone, port)
        run(binary("dime"), "dnssec", "roll", "--dir", data, "--zsk", "--compromised", zone)
        until(f"{zone} signed by another key", lambda: serial(zone, port) not in (before, None))
    judge.alike("another ZSK")
    if copy.counts(zones[-1])["whole"] <= whole:
        raise Failed("another key is another zone: it was to come by AXFR")
    run(binary("dime"), "zone", "retransfer", zones[-1], "--dir", copy.folder)
    until("a transfer that was asked for", lambda: copy.counts(zones[-1])["whole"] > whole + 1)
    judge.alike("transferred again")

    def start():
        holder[0] = secondaries_of_dime.Served(data)

    judge.restarted(lambda: holder[0].stop(), start)
    hda.by_difference("changes after that by IXFR", change)
    return [judge, hda]


# --- BIND ----------------------------------------------------------------------------------------------------------------------


def unsigned_texts(folder):
    """The RAA's last zone with cuts and hosts, and the HDA's, without signatures."""
    data = folder / "source"
    with Dime(data) as dime:
        dime.load(DETS, 4)
        zones = zone_names(int(dime.ready["raa"]), int(dime.ready["hda"]))
    texts = {}
    for zone in (zones[3], zones[-1]):
        text = run(binary("dime"), "zone", "export", zone, "--dir", data, "--generic")
        text = "".join(line + "\n" for line in text.splitlines() if not SIGNING.match(line))
        texts[zone] = text + "".join(f"{host}.{zone} 3600 IN AAAA 2001:db8::{at}\n" for at, host in enumerate(["www", "ns.00", "x.y", "ns.5"]))
    raa, ttl = zones[3], 3600
    # DETs of the RAA itself, in the range of HDA 12288.
    dets = re.findall(rf"^(\S+)\.{re.escape(zones[-1])}( \d+ IN TYPE(?:55|67) .*\n)", texts[zones[-1]], re.MULTILINE)
    texts[raa] += "".join(f"{labels}.0.0.0.{raa}{rest}" for labels, rest in dets[:24])
    for hda, ds in [("1.2.3", True), ("4.5.6", False), ("7.7.7", True)]:
        texts[raa] += f"{hda}.{raa} {ttl} IN NS ns.{hda}.{raa}\nns.{hda}.{raa} {ttl} IN A 192.0.2.9\n"
        texts[raa] += f"{hda}.{raa} {ttl} IN DS 7 15 2 {'ab' * 32}\n" if ds else ""
    return texts


def of_bind(folder, stack, texts):
    zones = list(texts)
    copy_port = name_servers.free_port()
    bind = Bind(folder, zones, copy_port)
    stack.callback(bind.stop)
    bind.sign(texts)
    bind.start()
    copy = Copy(folder / "copy-of-bind", zones, bind.port, copy_port)
    stack.callback(copy.stop)
    copy.start()
    judge = Judge(folder, copy, "BIND", bind.port, zones)
    judge.alike("AXFR")

    def resigned(texts, *options):
        def change():
            bind.sign(texts, *options)
            bind.reload()

        return change

    raa, hda = zones
    changed = dict(texts)
    gone = re.search(r"^(\S+) \d+ IN TYPE67 ", changed[hda], re.MULTILINE).group(1)
    changed[hda] = "".join(line + "\n" for line in changed[hda].splitlines() if not line.startswith(gone)).replace(f"www.{hda}", f"web.{hda}")
    changed[raa] = "".join(line + "\n" for line in changed[raa].splitlines() if "7.7.7." not in line and not line.startswith("4.5.6.")) + f"4.5.6.{raa} 3600 IN NS ns.elsewhere.example.\n4.5.6.{raa} 3600 IN DS 9 15 2 {'cd' * 32}\n"
    changed[raa] = re.sub(rf"^ns\.4\.5\.6\..*\n", "", changed[raa], flags=re.MULTILINE) + f"8.8.8.{raa} 3600 IN NS ns.elsewhere.example.\n"
    judge.by_difference("changes by IXFR", resigned(changed))
    bind.another_zsk()
    judge.by_difference("another ZSK by IXFR", resigned(changed))
    bind.old_zsk_gone()
    judge.by_difference("without the old ZSK", resigned(changed))
    judge.restarted(bind.stop, bind.start)
    judge.by_difference("back to what was", resigned(texts))

    # What cannot be served is refused, and what was served is served on.
    bind.sign({hda: texts[hda]}, "-3", "-")
    bind.sign({raa: texts[raa]})
    bind.process.send_signal(signal.SIGHUP)
    until(lambda: f"the refusal: {copy.status(hda)}", lambda: "NSEC3" in ((copy.status(hda)["copy"]["fault"] or {}).get("text") or ""))
    if transfer(hda, copy.port, KEY) != judge.wanted[hda]:
        raise Failed("what was served is not served on")
    print("BIND: NSEC3 is refused, and named", flush=True)

    # Signatures that end are served on, and told of.
    ending = resigned(texts, "-e", time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8)))
    ending()
    await_copy(bind.port, copy, zones)
    until(lambda: f"the warning: {copy.output()}", lambda: copy.output().count("the signatures of the copy are not valid any more") >= 2, 30)
    judge.wanted = {zone: transfer(zone, bind.port, KEY) for zone in zones}
    if any(transfer(zone, copy.port, KEY) != judge.wanted[zone] for zone in zones):
        raise Failed("signatures that have ended are not served as they came")
    judge.by_difference("signed anew", resigned(texts))
    return [judge]


# --- Knot ----------------------------------------------------------------------------------------------------------------------


def of_knot(folder, stack, texts):
    """Knot signs, changes and rolls over by itself; all of it comes by IXFR."""
    zone = list(texts)[-1]
    copy_port = name_servers.free_port()
    knot = Knot(folder, zone, texts[zone], copy_port)
    knot.start()
    stack.callback(knot.stop)
    copy = Copy(folder / "copy-of-knot", [zone], knot.port, copy_port)
    stack.callback(copy.stop)
    copy.start()
    judge = Judge(folder, copy, "Knot", knot.port, [zone], compare=False)
    judge.alike("AXFR")
    owners = re.findall(r"^(\S+) \d+ IN TYPE67 ", texts[zone], re.MULTILINE)

    def change():
        knot.control("zone-begin", zone)
        knot.control("zone-unset", zone, owners[2])
        knot.control("zone-unset", zone, f"www.{zone}")
        knot.control("zone-set", zone, f"www.00.{zone}", "3600", "A", "192.0.2.77")
        knot.control("zone-commit", zone)

    judge.by_difference("changes by IXFR", change)

    def signers():
        return {int.from_bytes(rdata[16:18], "big") for _, kind, _, rdata in transfer(zone, copy.port, KEY) if kind == 46 and rdata[:2] == b"\0\x43"}

    before = signers()

    def roll():
        knot.control("zone-key-rollover", zone, "zsk")
        until(lambda: f"another key signs: {signers()} after {before}", lambda: not before & signers())

    judge.by_difference("a roll-over of the ZSK by IXFR", roll)
    judge.restarted(knot.stop, knot.start)
    judge.by_difference("changes after that by IXFR", lambda: knot.control("zone-sign", zone))
    return [judge]


def judge_all(folder, stack):
    folder = folder / "signed-copies"
    folder.mkdir()
    judges = of_dime(folder, stack)
    texts = unsigned_texts(folder)
    judges += of_bind(folder, stack, texts)
    judges += of_knot(folder, stack, texts)
    records, validations = (sum(getattr(one, what) for one in judges) for what in ("records", "validations"))
    print(f"signed copies: dime holds what dime, BIND and Knot have signed: {records} records compared, {validations} answers fully validated", flush=True)


def main():
    import secondaries

    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(os.environ.get("KEEP") or stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            judge_all(folder, stack)
        except (Failed, secondaries.Failed, name_servers.Failed, differential_dns.Unanswered, dns.exception.DNSException, OSError, EOFError, subprocess.SubprocessError) as fault:
            print(f"FAILED: {type(fault).__name__} {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
