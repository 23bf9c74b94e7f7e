"""A dime under hostile input, and a well-behaved client beside it.

`dime-dns-hostile` sends damaged, hostile and senseless packets over UDP and keeps TCP busy with clients that say nothing, are slow, never
read, talk nonsense or leave at once. A client of dnspython from another address, which asks again as resolvers do and falls back to TCP
when it is told to, must get every answer, octet by octet what it was before. The server must not end, its memory must not grow, it must
not answer responses, and in the end it stops in order.

Half-open handshakes do not exist on loopback, where the attacked machine is the attacker too and refuses what it has not asked for: the
connections held open without a word are the nearest there is.
"""

import argparse
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

import dime_process
from dime_process import Dime
from drip_objects import det_bytes, owner_name

TYPES = [37, 52, 55, 67, 68]
# The attacker is 127.0.0.1. Limits by source address are none of this client's.
CLIENT = "127.77.7.7"
TRIES = 4


class Client(threading.Thread):
    """Asks what it knows the answers of, until told to stop."""

    def __init__(self, address, names, seed):
        super().__init__(daemon=True)
        self.host, port = address.rsplit(":", 1)
        self.port = int(port)
        self.dice = random.Random(seed)
        self.names = names
        self.known = {(name, kind): self.ask(name, kind)[0] for name in names for kind in TYPES}
        self.done = threading.Event()
        self.times, self.tries, self.faults, self.over_tcp = [], [], [], 0

    def exchange(self, query, tcp):
        if not tcp:
            reply = dns.query.udp(query, self.host, port=self.port, timeout=1, source=CLIENT)
            if not reply.flags & dns.flags.TC:
                return reply
        return dns.query.tcp(query, self.host, port=self.port, timeout=2, source=CLIENT)

    def ask(self, name, kind, tcp=False):
        """Response code and RRsets, and how many tries it took."""
        for attempt in range(1, TRIES + 1):
            query = dns.message.make_query(name, kind, use_edns=0, payload=1232)
            try:
                reply = self.exchange(query, tcp)
                return (reply.rcode(), sorted(rrset.to_text() for rrset in reply.answer)), attempt
            except (dns.exception.DNSException, OSError, EOFError) as fault:
                last = fault
        raise dime_process.Failed(f"{name} TYPE{kind} {'over TCP ' if tcp else ''}was not answered in {TRIES} tries: {last!r}")

    def run(self):
        while not self.done.wait(0.005):
            name, kind, tcp = self.dice.choice(self.names), self.dice.choice(TYPES), self.dice.random() < 0.2
            started = time.monotonic()
            try:
                said, tries = self.ask(name, kind, tcp)
            except dime_process.Failed as fault:
                self.faults.append(str(fault))
                continue
            self.times.append(time.monotonic() - started)
            self.tries.append(tries)
            self.over_tcp += tcp
            if said != self.known[name, kind]:
                self.faults.append(f"{name} TYPE{kind}: {said}, not {self.known[name, kind]}")


def watch(dime, attack):
    """Resident memory, four times a second, until the attack ends."""
    samples = []
    while attack.poll() is None:
        if dime.process.poll() is not None:
            raise dime_process.Failed(f"dime ended with {dime.process.returncode} under attack: {dime.folder.with_suffix('.stderr').read_text()[-3000:]}")
        samples.append(dime.resident())
        time.sleep(0.25)
    return samples


def is_flat(samples):
    """The highest of the last quarter is not above that of the second by more than a twentieth and 8 MiB: buffers fill, a leak goes on."""
    quarter = max(len(samples) // 4, 1)
    before, after = max(samples[quarter : 2 * quarter]), max(samples[-quarter:])
    return after <= before * 1.05 + (8 << 20), before, after


def main():
    parser = argparse.ArgumentParser(description="Hostile input to dime's name server.")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--packets", type=int, help="instead of seconds")
    parser.add_argument("--rate", type=int, default=10000, help="UDP packets a second at most; 0 for as many as go")
    parser.add_argument("--silent", type=int, default=300, help="TCP connections held open without a word")
    parser.add_argument("--dets", type=int, default=50)
    arguments = parser.parse_args()
    seed = int(os.environ.get("DIME_SEED") or random.SystemRandom().getrandbits(32))
    print(f"DIME_SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="dime-hostile-") as scratch, Dime(pathlib.Path(scratch) / "data") as dime:
        folder = pathlib.Path(scratch)
        # The attacker is of this machine, which is not limited otherwise.
        dime.configure(lambda text: re.sub(r"exempt = \[[^]]*\]", "exempt = []", text))
        dets = folder / "dets"
        dime.load(arguments.dets, 2, dets)
        names = [owner_name(det_bytes(det)).rstrip(".") for det in dets.read_text().split()]
        missing = [f"{'f' if name[0] != 'f' else '0'}{name[1:]}" for name in names[:10]]
        (folder / "questions").write_text("".join(f"{name} TYPE{kind}\n" for name in names + missing for kind in TYPES))
        client = Client(dime.dns, names + missing, seed)
        if not any(rcode == dns.rcode.NOERROR and answer for rcode, answer in client.known.values()):
            raise dime_process.Failed("nothing is published")
        client.start()
        limit = ["--packets", arguments.packets] if arguments.packets else ["--seconds", arguments.seconds]
        limit += ["--rate", arguments.rate] if arguments.rate else []
        command = [dime_process.binary("dime-dns-hostile"), "--server", dime.dns, "--questions", folder / "questions"]
        command += [*limit, "--silent", arguments.silent, "--seed", seed]
        attack = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        samples = watch(dime, attack)
        told, complaint = attack.communicate()
        client.done.set()
        client.join(30)
        if attack.returncode != 0:
            raise dime_process.Failed(f"dime-dns-hostile: {complaint[-2000:]}")
        print(told.strip())
        flat, before, after = is_flat(samples)
        times = sorted(client.times)
        print(f"client: {len(times)} questions ({client.over_tcp} over TCP), {sum(tries > 1 for tries in client.tries)} asked more than once, "
              f"p50 {statistics.median(times) * 1000:.1f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.1f} ms")
        print(f"memory: {before / 2**20:.1f} MiB in the second quarter, {after / 2**20:.1f} MiB in the last; {min(samples) / 2**20:.1f} MiB at first")
        faults = [*json.loads(told)["faults"], *client.faults]
        if not flat:
            faults.append("memory grows")
        calm = Client(dime.dns, names[:5], seed)
        calm_faults = [key for key, said in calm.known.items() if said != client.known[key]]
        faults += [f"after the attack: {key}" for key in calm_faults]
        dime.stop()
        if dime.process.returncode != 0:
            faults.append(f"dime ended with {dime.process.returncode}")
        log = dime.folder.with_suffix(".stderr").read_text()
        if "panicked" in log:
            faults.append(f"a panic: {log[log.index('panicked') - 200 :][:1000]}")
        for fault in faults[:10]:
            print(f"FAILED: {fault}", file=sys.stderr)
        return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except dime_process.Failed as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
