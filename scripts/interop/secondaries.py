"""dime as the primary of Knot, NSD and BIND: TSIG, a catalogue zone, AXFR, IXFR on every change, NOTIFY.

A small feeder (the example `serve_secondaries` of dime-dns) serves made-up DETs and makes random changes quickly; at the end `dime serve`
itself is driven by registrations and revocations, with signed zones. After each hardship, every record of every zone must be the same on
all servers, and every question must have the same answer:

* AXFR at the start, of zones learnt from the catalogue (Knot, BIND) or configured (NSD, which knows catalogues from 4.9 on)
* thousands of random changes, each by IXFR; one zone of NSD's asks over UDP
* secondaries stopped while changes go on, and started again; the primary stopped and started again
* a journal too short for those who were away: AXFR
* NOTIFYs lost on the way
* a zone that comes: it is in the catalogue, and on Knot and BIND without a word
* strangers: without a key, with a wrong one, from another place
* revocations, timed until all three say NXDOMAIN: within one second each

Then dime is the secondary itself, of signed zones: `signed_copies`.

Ends with one line that begins with `secondaries:`.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.xfr

import differential_dns
import dime_process
import name_servers
import secondary_servers
from secondary_servers import ALGORITHM, CATALOG, KEY, KEY_NAME, SECRET, Proxy, Secondary, ask, transfer

KINDS = ["knotd", "nsd", "named"]
LIMIT = 1.0


class Failed(Exception):
    """What should be is not."""


class Feeder:
    """The example `serve_secondaries`: a line in, a line of JSON out."""

    def __init__(self, port, notify, dets, keys=None):
        program = dime_process.binary("dime").parent / "examples/serve_secondaries"
        if not program.is_file():
            raise Failed(f"{program} is missing: run `cargo build -p dime-dns --examples` first")
        arguments = [program, f"127.0.0.1:{port}", str(dets), SECRET, CATALOG, str(keys or "-"), *[f"127.0.0.1:{port}" for port in notify]]
        self.process = subprocess.Popen([*map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.zones = self.read()["zones"]
        self.port = port
        self.said = []

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"the feeder ended with {self.process.wait()}")
        return json.loads(line)

    def tell(self, *words):
        """A command that changes zones is remembered, so that the state can be made again."""
        if words[0] in ("change", "revoke", "zone"):
            self.said.append(words)
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()

    def serials(self):
        return {zone: serial for zone, serial in self.tell("serials").items() if zone != CATALOG}

    def transfers(self):
        """How many transfers went out, by kind."""
        return self.tell("transfers")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def wait(what, condition, timeout=60):
    """Waits until a condition gives something true, and gives the seconds it took."""
    started = time.monotonic()
    while True:
        found = condition()
        if found:
            return time.monotonic() - started
        if time.monotonic() - started > timeout:
            raise Failed(f"not within {timeout} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def await_serials(serials, secondaries, timeout=60):
    def behind():
        return {f"{one.kind} {zone}": (one.serial(zone), wanted) for one in secondaries for zone, wanted in serials.items() if one.serial(zone) != wanted}

    def alive():
        for one in secondaries:
            if not one.is_running():
                raise Failed(f"{one.kind} ended:\n{one.output()}")
        return all(one.serial(zone) == wanted for one in secondaries for zone, wanted in serials.items())

    return wait(lambda: f"{behind()}\n" + "\n".join(one.output() for one in secondaries if any(one.serial(zone) != wanted for zone, wanted in serials.items())), alive, timeout)


def same_records(primary_port, serials, secondaries, key=KEY):
    """Every record of every zone is the same everywhere."""
    count = 0
    for zone in serials:
        wanted = transfer(zone, primary_port, key)
        count += len(wanted)
        for one in secondaries:
            found = transfer(zone, one.port)
            if found != wanted:
                missing, extra = sorted(wanted - found)[:5], sorted(found - wanted)[:5]
                raise Failed(f"{one.kind}: zone {zone} differs from the primary's: {len(wanted - found)} records missing, {len(found - wanted)} too many\nmissing {missing}\ntoo many {extra}\n{one.output()}")
    return count


def same_answers(feeder, folder, secondaries, missing, label):
    """All answers to everything that can be asked are the same."""
    folder = folder / f"export-{label}"
    folder.mkdir()
    feeder.tell("export", folder)
    files = sorted(folder.glob("*.generic"))
    servers = [("dime", f"127.0.0.1:{feeder.port}"), *[(one.kind, one.address) for one in secondaries]]
    if differential_dns.compare(files, servers, missing) != 0:
        raise Failed(f"answers differ ({label})")


def refused(zone, port, key=None, secret=None, kind="AXFR", over=dns.query.tcp):
    """The rcode of a transfer that must not be given, and the TSIG error."""
    query = dns.message.make_query(zone, kind, use_edns=0)
    if kind == "IXFR":
        query.authority.append(dns.rrset.from_text(zone, 0, "IN", "SOA", ". . 1 0 0 0 0"))
    if key:
        query.use_tsig(dns.tsig.Key(key, secret or SECRET, ALGORITHM))
    try:
        reply = over(query, "127.0.0.1", port=port, timeout=5)
    except dns.tsig.PeerError as fault:
        return type(fault).__name__
    if reply.answer:
        raise Failed(f"{kind} of {zone} was given to a stranger")
    codes = [option.code for option in reply.options if hasattr(option, "code")]
    return f"{dns.rcode.to_text(reply.rcode())} {codes}"


def strangers(zone, port):
    other = base64.b64encode(bytes(32)).decode()
    seen = {
        "unsigned": refused(zone, port),
        "unknown key": refused(zone, port, "nobody.example."),
        "wrong secret": refused(zone, port, KEY_NAME, other),
        "key that is no peer's": refused(zone, port, "other.example."),
        "unsigned IXFR": refused(zone, port, kind="IXFR", over=dns.query.udp),
        "AXFR over UDP": refused(zone, port, KEY_NAME, over=dns.query.udp),
        "catalogue, unsigned": refused(CATALOG, port),
    }
    expected = {name: "REFUSED [<EDECode.PROHIBITED: 18>]" for name in seen} | {"unknown key": "PeerBadKey", "wrong secret": "PeerBadSignature"}
    wrong = {name: answer for name, answer in seen.items() if not answer.startswith(expected[name].split(" [")[0])}
    if wrong:
        raise Failed(f"strangers: {wrong}")
    return len(seen)


def time_revocations(feeder, secondaries, count):
    """Seconds until a revocation is seen, by secondary; each within the limit."""
    seconds = {one.kind: [] for one in secondaries}
    for _ in range(count):
        det = feeder.tell("revoke")
        started = time.monotonic()
        left = list(secondaries)
        while left:
            for one in list(left):
                reply = ask(det["owner"], 67, one.port, 0.1)
                if reply is not None and reply.rcode() == dns.rcode.NXDOMAIN:
                    seconds[one.kind].append(time.monotonic() - started)
                    left.remove(one)
            if time.monotonic() - started > 10:
                raise Failed(f"revocation of {det['owner']} is not seen by {[one.kind for one in left]}\n" + "\n".join(one.output() for one in left))
    return seconds


def tell_times(label, seconds):
    parts = []
    for kind, values in seconds.items():
        parts.append(f"{kind} median {statistics.median(values) * 1000:.0f} ms, worst {max(values) * 1000:.0f} ms")
        late = [value for value in values if value > LIMIT]
        # A machine that does other things at the same time may be late now and then.
        if len(late) > len(values) // 10 or max(values) > 3 * LIMIT:
            raise Failed(f"{label}: {kind} took {', '.join(f'{value:.2f} s' for value in late)}")
    print(f"{label}: {'; '.join(parts)} ({len(next(iter(seconds.values())))} times)", flush=True)


def synthetic(folder, changes, dets, missing, dice, stack, keys=None):
    """The feeder and all hardships. The number of records compared in the end."""
    label = "signed" if keys else "unsigned"
    port = name_servers.free_port()
    zones = None
    secondaries, proxies = [], []
    # The secondaries' ports are known before the feeder, which is told where to notify.
    probe = Feeder(name_servers.free_port(), [], 0, keys)
    zones = list(probe.zones)
    probe.stop()
    for kind in KINDS:
        one = Secondary(kind, folder / label, port, zones, udp=zones[-1:])
        stack.callback(one.stop)
        proxy = Proxy(one.port)
        stack.callback(proxy.close)
        secondaries.append(one)
        proxies.append(proxy)
    feeder = Feeder(port, [proxy.port for proxy in proxies], dets, keys)
    holder = [feeder]
    stack.callback(lambda: holder[0].stop())
    for one in secondaries:
        one.start()
    taken = await_serials(feeder.serials(), secondaries)
    same_records(port, feeder.serials(), secondaries)
    print(f"{label}: {len(zones)} zones, {dets} DETs taken by AXFR in {taken:.1f} s", flush=True)
    before = feeder.transfers()

    # Changes, a few at a time, so that there are many differences of many sizes.
    left, started = changes, time.monotonic()
    while left:
        some = min(left, dice.choice([1, 1, 1, 2, 5, 20, 100]))
        left -= some
        feeder.tell("change", some, dice.getrandbits(48))
        if dice.random() < 0.2:
            await_serials(feeder.serials(), secondaries)
    await_serials(feeder.serials(), secondaries)
    after = feeder.transfers()
    ixfr, axfr = after.get("ixfr", 0) - before.get("ixfr", 0), after.get("axfr", 0) - before.get("axfr", 0)
    count = same_records(port, feeder.serials(), secondaries)
    print(f"{label}: {changes} random changes in {time.monotonic() - started:.1f} s: {ixfr} IXFR, {axfr} AXFR; {count} records alike", flush=True)
    if ixfr < 3 or axfr > ixfr // 10:
        raise Failed(f"changes were to go out by IXFR: {before} then {after}")
    if not keys:
        same_answers(feeder, folder, secondaries, missing, "changes")

    # Secondaries away for a while.
    for one in secondaries:
        one.stop()
    feeder.tell("change", 40, dice.getrandbits(48))
    before = feeder.transfers()
    for one in secondaries:
        one.start()
    await_serials(feeder.serials(), secondaries)
    same_records(port, feeder.serials(), secondaries)
    after = feeder.transfers()
    if after.get("ixfr", 0) <= before.get("ixfr", 0):
        raise Failed(f"who was away shortly was to get a difference: {before} then {after}")
    print(f"{label}: secondaries stopped and started: alike", flush=True)

    # A journal that is too short for who was away.
    feeder.tell("journal", 5, 100_000)
    for one in secondaries:
        one.stop()
    feeder.tell("change", 40, dice.getrandbits(48))
    before = feeder.transfers()
    for one in secondaries:
        one.start()
    await_serials(feeder.serials(), secondaries)
    same_records(port, feeder.serials(), secondaries)
    after = feeder.transfers()
    if after.get("axfr", 0) <= before.get("axfr", 0):
        raise Failed(f"the journal does not reach back, and nobody took a whole zone: {before} then {after}")
    feeder.tell("journal", 100_000, 100_000_000)
    print(f"{label}: journal too short: {after['axfr'] - before.get('axfr', 0)} AXFR, alike", flush=True)

    # The primary away, and back with what it had; then changes again.
    said = feeder.said
    feeder.stop()
    feeder = Feeder(port, [proxy.port for proxy in proxies], dets, keys)
    holder[0] = feeder
    for words in said:
        feeder.tell(*words)
    feeder.tell("change", 40, dice.getrandbits(48))
    await_serials(feeder.serials(), secondaries)
    same_records(port, feeder.serials(), secondaries)
    print(f"{label}: primary stopped and started: alike", flush=True)

    # NOTIFYs lost: told again.
    time.sleep(0.2)
    for round in range(3):
        for proxy in proxies:
            proxy.lose, proxy.lost = 1 + round % 2, 0
        feeder.tell("change", 1, dice.getrandbits(48))
        taken = await_serials(feeder.serials(), secondaries, 10)
        if not all(proxy.lost for proxy in proxies):
            raise Failed(f"no NOTIFY was lost: {[proxy.lost for proxy in proxies]}")
        for proxy in proxies:
            proxy.lose = 0
    same_records(port, feeder.serials(), secondaries)
    print(f"{label}: lost NOTIFYs are sent again: {taken:.2f} s, alike", flush=True)

    # A zone that comes.
    if not keys:
        new = feeder.tell("zone")["zone"]
        feeder.tell("change", 20, dice.getrandbits(48))
        members = [one for one in secondaries if one.kind != "nsd"]
        taken = await_serials(feeder.serials(), members)
        same_records(port, feeder.serials(), members)
        print(f"catalogue: a new zone is on Knot and BIND after {taken:.2f} s; NSD {nsd_version()} knows no catalogues", flush=True)
        nsd = next(one for one in secondaries if one.kind == "nsd")
        nsd.stop()
        nsd.zones.append(new)
        nsd.configure()
        nsd.start()
    await_serials(feeder.serials(), secondaries)
    print(f"strangers refused: {strangers(zones[-1], port)} kinds", flush=True)
    tell_times(f"{label}: revocation seen", time_revocations(feeder, secondaries, 20))
    await_serials(feeder.serials(), secondaries)
    count = same_records(port, feeder.serials(), secondaries)
    # Asked for the NSEC of a cut, Knot and NSD refer to the zone below, BIND and dime answer.
    same_answers(feeder, folder, [one for one in secondaries if not keys or one.kind == "named"], missing, f"end-{label}")
    return count


def nsd_version():
    done = subprocess.run([name_servers.program("nsd"), "-v"], capture_output=True, text=True)
    return (done.stdout + done.stderr).split("\n")[0].split()[-1]


def main():
    parser = argparse.ArgumentParser(description="Real secondaries of dime.")
    parser.add_argument("--changes", type=int, default=10_000, help="random changes, for unsigned zones")
    parser.add_argument("--signed-changes", type=int, default=100, help="random changes, for signed zones")
    parser.add_argument("--dets", type=int, default=200, help="DETs to begin with")
    parser.add_argument("--missing", type=int, default=400, help="names that do not exist to ask of each zone")
    parser.add_argument("--seed", type=int, help="of the random changes")
    parser.add_argument("--keep", help="a folder to work in that is kept")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else int(os.environ.get("DIME_SEED") or random.SystemRandom().getrandbits(48))
    print(f"seed {seed}", flush=True)
    dice = random.Random(seed)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(arguments.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        records = 0
        with contextlib.ExitStack() as unsigned:
            records += synthetic(folder, arguments.changes, arguments.dets, arguments.missing, dice, unsigned)
        with contextlib.ExitStack() as signed:
            records += synthetic(folder, arguments.signed_changes, arguments.dets // 4, arguments.missing, dice, signed, folder / "keys")
        import secondaries_of_dime
        import signed_copies

        with contextlib.ExitStack() as real:
            registered = secondaries_of_dime.judge(folder, real)
        with contextlib.ExitStack() as copies:
            signed_copies.judge_all(folder, copies)
        print(f"secondaries: Knot, NSD and BIND hold what dime holds: {records} records after {arguments.changes} + {arguments.signed_changes} random changes, and {registered} registrations and revocations of `dime serve`")
    return 0


if __name__ == "__main__":
    sys.modules["secondaries"] = sys.modules["__main__"]
    try:
        sys.exit(main())
    except (Failed, dime_process.Failed, name_servers.Failed, differential_dns.Unanswered, dns.exception.DNSException, OSError, EOFError) as fault:
        print(f"FAILED: {type(fault).__name__} {fault}", file=sys.stderr)
        sys.exit(1)
