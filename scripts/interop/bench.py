"""The measurements behind `scripts/bench`: one dime, filled over HTTP, then compared with Knot and NSD serving the zone it exports.

DNS is measured by dnsperf with each server on one core and dnsperf on another, in rounds that take turns between the servers, so that what
else the machine does falls on all of them alike. The output is Markdown.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import dime_process
import name_servers
from dime_process import Dime, zone_names
from drip_objects import det_bytes, owner_name

# What is asked: name, command line of dnsperf, and the lines of its input for one DET.
MIXES = [
    ("HHIT of a DET", [], lambda name, dice: f"{name} TYPE67"),
    ("BRID of a DET, EDNS", ["-e"], lambda name, dice: f"{name} TYPE68"),
    ("no such DET", [], lambda name, dice: f"{'.'.join(f'{dice.randrange(16):x}' for _ in range(16))}.{'.'.join(name.split('.')[16:])} TYPE67"),
    ("HHIT of a DET, TCP", ["-m", "tcp"], lambda name, dice: f"{name} TYPE67"),
]


def first(pattern, text, default="?"):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else default


def version(*command):
    done = subprocess.run([name_servers.program(command[0]), *command[1:]], capture_output=True, text=True)
    return first(r"(\d+\.\d+\S*)", done.stdout + done.stderr)


def machine(folder):
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    memory = int(first(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())) / 2**20
    processor = first(r"model name\s*:\s*(.*)", cpu, platform.machine())
    filesystem = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    return (
        f"{os.cpu_count()} cores of {processor}, {memory:.0f} GiB of memory, "
        f"Linux {platform.release().split('-')[0]}, {filesystem}; Knot {version('knotd', '--version')}, NSD {version('nsd', '-v')}, "
        f"dnsperf {version('dnsperf', '-h')}"
    )


def table(head, rows):
    print()
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


def number(value):
    return f"{value:,.0f}"


def milliseconds(microseconds):
    return f"{microseconds / 1000:.2f} ms"


def pinned(core):
    """Runs what follows on one core, where there are two."""
    return ["taskset", "-c", str(core)] if (os.cpu_count() or 1) > 1 else []


def flush_cost(folder):
    """The median of one 4 KiB write and fdatasync into preallocated space, in microseconds, as the disk is at this moment.

    On one and the same virtual machine it was seen between 0.11 and 4 ms, for reasons that were not found: hence once before and once
    after the registrations, and no figure of one run is to be compared with one of another where these differ.
    """
    path = pathlib.Path(folder) / "flush"
    with path.open("wb") as file:
        file.write(bytes(4 << 20))
        file.flush()
        os.fsync(file.fileno())
        costs = []
        for index in range(300):
            started = time.perf_counter()
            os.pwrite(file.fileno(), os.urandom(4096), index * 4096)
            os.fdatasync(file.fileno())
            costs.append((time.perf_counter() - started) * 1e6)
    path.unlink()
    return statistics.median(costs)


def ticks_of(pid):
    """Processor time of a process and its descendants, in clock ticks."""
    total = 0
    for member in [pid, *name_servers.children(pid)]:
        fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total


def ticks_of_all():
    """Processor time of all processes: user, nice, system and stolen; interrupts are left out, they belong to nobody."""
    user, nice, system, _, _, _, _, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return user + nice + system + steal


def dnsperf(address, pid, questions, options, seconds):
    """Queries per second, mean latency in microseconds, and who used the processors meanwhile, in percent of one core."""
    host, port = address.rsplit(":", 1)
    arguments = [*pinned(1), "dnsperf", "-s", host, "-p", port, "-d", questions, "-l", str(seconds), "-c", "8", "-q", "200", *options]
    everybody, server, ours, started = ticks_of_all(), ticks_of(pid), os.times(), time.monotonic()
    done = subprocess.run(arguments, capture_output=True, text=True)
    elapsed = (time.monotonic() - started) * os.sysconf("SC_CLK_TCK")
    everybody, server = ticks_of_all() - everybody, ticks_of(pid) - server
    now = os.times()
    asker = (now.children_user + now.children_system - ours.children_user - ours.children_system) * os.sysconf("SC_CLK_TCK")
    text = done.stdout + done.stderr
    rate = first(r"Queries per second:\s+([\d.]+)", text, None)
    if done.returncode != 0 or rate is None:
        raise dime_process.Failed(f"{' '.join(arguments)}: {text[-2000:]}")
    return {
        "rate": float(rate),
        "latency": float(first(r"Average Latency \(s\):\s+([\d.]+)", text, "0")) * 1e6,
        "lost": float(first(r"Queries lost:\s+\d+ \(([\d.]+)%\)", text, "0")),
        "rcodes": first(r"Response codes:\s+(.*)", text),
        "server": 100 * server / elapsed,
        "asker": 100 * asker / elapsed,
        "others": 100 * max(everybody - server - asker, 0) / elapsed,
    }


def measure_registrations(dime, total, folder):
    before = flush_cost(folder)
    warm = dime.load(200, 4)
    one = dime.load(min(5_000, max(total // 20, 200)), 1)
    rest = total - warm["count"] - one["count"]
    many = dime.load(rest, 64)
    print("\nRegistrations over HTTP: each one durable on disk and in DNS before its reply, two flushes one after the other (intent, result).")
    print(f"One flush of this disk (median of 300): {before:.0f} µs before, {flush_cost(folder):.0f} µs after.")
    table(
        ["clients", "registrations", "a second", "p50", "p99", "longest"],
        [
            [str(run["clients"]), number(run["count"]), number(run["rate"]), milliseconds(run["p50_us"]), milliseconds(run["p99_us"]), milliseconds(run["max_us"])]
            for run in (one, many)
        ],
    )


def folder_size(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob("*") if path.is_file())


def listed_dets(dime):
    """The DETs of all registrations, from the API."""
    found, cursor = [], ""
    while True:
        page = dime.get(f"/v1/registrations?limit=200{cursor}")
        found += [registration["det"] for registration in page["registrations"]]
        if not page.get("next"):
            return found
        cursor = f"&cursor={page['next']}"


def measure_dns(servers, dets, folder, rounds, seconds):
    dice = random.Random(1)
    names = [owner_name(det_bytes(det)).rstrip(".") for det in dets]
    dice.shuffle(names)
    for number_of_mix, (mix, options, line) in enumerate(MIXES):
        questions = folder / f"questions-{number_of_mix}"
        questions.write_text("".join(line(name, dice) + "\n" for name in names))
        runs = {label: [] for label, _, _ in servers}
        for _ in range(rounds):
            for label, address, pid in servers:
                runs[label].append(dnsperf(address, pid, questions, options, seconds))
        rows = []
        for label, _, _ in servers:
            rates = [run["rate"] for run in runs[label]]
            rows.append(
                [
                    label,
                    number(statistics.median(rates)),
                    f"{number(min(rates))} to {number(max(rates))}",
                    f"{statistics.median(run['latency'] for run in runs[label]):.0f} µs",
                    f"{max(run['lost'] for run in runs[label]):.2f} %",
                    *(f"{statistics.median(run[who] for run in runs[label]):.0f} %" for who in ("server", "asker")),
                    f"{max(run['others'] for run in runs[label]):.0f} %",
                    runs[label][-1]["rcodes"],
                ]
            )
        print(f"\n{mix}: {rounds} rounds of {seconds} s")
        table(["server", "queries a second, one core", "lowest to highest", "mean latency", "lost", "server busy", "dnsperf busy", "others, most", "rcodes"], rows)


def signing_rates():
    """Objects a second that one core signs, as a ratio to raw signatures of the same run."""
    program = dime_process.binary("dime-signing-rates")
    print("\nSigning, one core, every object decoded, linted and checked by the signer:\n", flush=True)
    subprocess.run([*pinned(0), str(program)], check=True)


def main():
    parser = argparse.ArgumentParser(description="Benchmarks of dime.")
    parser.add_argument("--dets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--dir", default=str(dime_process.ROOT / "target"), help="where the data lies: a folder on the disk to measure")
    parser.add_argument("--signing-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.signing_only:
        return signing_rates()
    with tempfile.TemporaryDirectory(dir=arguments.dir, prefix="bench-") as scratch, contextlib.ExitStack() as stack:
        folder = pathlib.Path(scratch)
        print(f"Machine: {machine(folder)}.")
        print(f"Load of the machine before the start: {os.getloadavg()[0]:.2f}. What else ran is in the tables, as `others`.")
        signing_rates()
        with Dime(folder / "data") as dime:
            empty = dime.resident()
            measure_registrations(dime, arguments.dets, folder)
            filled = dime.resident()
            dets = listed_dets(dime)

        # A start after a clean stop, one after kill -9, and one that has to build the index anew.
        starts = []
        for what in ("after a clean stop", "after kill -9", "without its index"):
            if what == "without its index":
                for path in (folder / "data").glob("index*"):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            dime = Dime(folder / "data")
            starts.append([f"ready, {what}", f"{dime.seconds_to_ready:.2f} s"])
            if what == "after a clean stop":
                restarted = dime.resident()
                dime.stop(signal.SIGKILL)
            else:
                dime.stop()
        print(f"\nWith {number(len(dets))} DETs registered:")
        table(
            ["what", "value"],
            [
                ["memory (resident), empty", f"{empty / 2**20:.0f} MiB"],
                ["memory after registering them", f"{filled / 2**20:.0f} MiB, {number((filled - empty) / len(dets))} octets a DET"],
                ["memory after a restart", f"{restarted / 2**20:.0f} MiB, {number((restarted - empty) / len(dets))} octets a DET"],
                ["disk", f"{folder_size(folder / 'data') / 2**20:.0f} MiB, {number(folder_size(folder / 'data') / len(dets))} octets a DET"],
                *starts,
            ],
        )

        dime = stack.enter_context(Dime(folder / "data", pinned(0)))
        zones = zone_names(int(dime.ready["raa"]), int(dime.ready["hda"]))
        files = [(zone, dime.export(zone, folder / f"{index}.zone", True)) for index, zone in enumerate(zones)]
        servers = [("dime", dime.dns, dime.process.pid)]
        for label, kind in (("Knot", "knotd"), ("NSD", "nsd")):
            daemon = stack.enter_context(name_servers.Daemon(kind, folder, files, prefix=pinned(0)))
            servers.append((label, daemon.address, daemon.process.pid))
        print("\nDNS: dnsperf on one core asks a server on the other, 200 questions under way. Where dnsperf is the busy one, the server could do")
        print("more; where `others` took more than a few percent of a core, the round was disturbed and the figure is no figure of the server.")
        measure_dns(servers, dets, folder, arguments.rounds, arguments.seconds)


if __name__ == "__main__":
    try:
        main()
    except (dime_process.Failed, name_servers.Failed) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
