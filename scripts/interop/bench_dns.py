"""`scripts/bench dns`: dime's name server beside Knot, NSD, BIND and PowerDNS with the same zone, and an echo server as the ceiling.

The zone is made up by `serve_synthetic`, exported once in the generic form and served by everybody. The servers of a group run at the same
time and take turns, round by round, so that what else the machine does falls on all of them alike; groups are as large as the memory
allows, and dime and the echo server are in each. Every server loads with all cores and is then held to the cores that are measured. The
output is Markdown, and JSON beside it.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import dime_process
import name_servers
from bench import dnsperf, machine, number, table, ticks_of, ticks_of_all, version
from synthetic import Synthetic

PEERS = {"Knot": "knotd", "NSD": "nsd", "BIND": "named", "PowerDNS": "pdns_server"}
# Octets of memory a DET takes at most, to decide who fits beside whom.
NEEDS = {"Knot": 6500, "NSD": 7000, "BIND": 3300, "PowerDNS": 12500}
TYPES = ["hip", "hhit", "brid"]
# Octets of the answers, with EDNS: what an echo server of the same size has to send.
ANSWERS = {"hip.existing": 165, "hhit.existing": 381, "brid.existing": 707, "missing": 165}
MIXES = [(kind, state) for kind in TYPES for state in ("existing", "missing")]
TICK = os.sysconf("SC_CLK_TCK")


class Echo:
    """The echo server: the same sockets and batches, the packet returned, filled up to so many octets."""

    kind = "echo"

    def __init__(self, threads, octets):
        arguments = [dime_process.binary("dime-dns-echo"), "--threads", str(threads), "--octets", str(octets)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split("=", 1)[1].strip()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def family(pid):
    return [pid, *name_servers.children(pid)]


def memory(pid):
    """Resident octets of a process and its children; what they share counts once."""
    total = 0
    for member in family(pid):
        for line in pathlib.Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def available():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise dime_process.Failed("no MemAvailable")


def hold(pid, cores):
    """Every thread of a server to these cores."""
    for member in family(pid):
        for thread in pathlib.Path(f"/proc/{member}/task").iterdir():
            # The checker of `serve_synthetic` keeps its own core.
            if (thread / "comm").read_text().strip() == "checker":
                continue
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)


def load(server, questions, expected, seconds, core, rate=None, sockets=8, window=32):
    """One run of `dime-dns-load`, and who used the processors meanwhile, in percent of one core."""
    arguments = ["taskset", "-c", core, dime_process.binary("dime-dns-load"), "--server", server.address, "--questions", questions]
    arguments += ["--expect", "echo" if server.kind == "echo" else expected, "--seconds", str(seconds)]
    arguments += ["--sockets", str(sockets), "--window", str(window), *(["--rate", str(rate)] if rate else [])]
    everybody, used, before, started = ticks_of_all(), ticks_of(server.process.pid), os.times(), time.monotonic()
    done = subprocess.run([str(part) for part in arguments], capture_output=True, text=True)
    elapsed = (time.monotonic() - started) * TICK
    after = os.times()
    if done.returncode != 0:
        raise dime_process.Failed(f"{arguments}: {done.stderr[-2000:]}")
    run = json.loads(done.stdout)
    if run["wrong"]:
        raise dime_process.Failed(f"{server.kind} gave {run['wrong']} wrong answers: {done.stderr[-2000:]}")
    used, everybody = ticks_of(server.process.pid) - used, ticks_of_all() - everybody
    asker = (after.children_user + after.children_system - before.children_user - before.children_system) * TICK
    share = lambda ticks: round(100 * ticks / elapsed)
    # What an answer costs the server hardly depends on what else runs; the rate does.
    run["cpu_us"] = used / TICK * 1e6 / max(run["right_with_warming"], 1)
    return run | {"server": share(used), "asker": share(asker), "others": share(max(everybody - used - asker, 0))}


def groups(peers, dets, reserve):
    """Peers that fit into memory side by side."""
    room = available() - reserve - dets * 1000
    group, free = [], room
    for label in peers:
        need = NEEDS[label] * dets
        if need > room:
            print(f"\n{label} is left out: it needs about {need / 2**30:.1f} GiB, and {room / 2**30:.1f} GiB may be taken.")
            continue
        if need > free:
            yield group
            group, free = [], room
        group.append(label)
        free -= need
    yield group


def start(stack, label, context):
    """A running server, what loading it took and what it holds."""
    started = time.monotonic()
    if label.startswith("echo"):
        server = stack.enter_context(Echo(context.threads, ANSWERS.get(label.removeprefix("echo "), 0)))
    elif label == "dime":
        server = stack.enter_context(Synthetic(context.dets, context.threads, context.options))
    else:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=context.folder, prefix="peer-"))
        server = stack.enter_context(name_servers.Daemon(PEERS[label], scratch, context.files, threads=context.threads, patience=3600))
    seconds = time.monotonic() - started
    hold(server.process.pid, context.cores)
    facts = {"ready_s": seconds, "resident": memory(server.process.pid)}
    if label == "dime":
        facts["load_s"] = float(server.said["load_s"])
    return server, facts


def measure(context, peers):
    """All rounds of one group: runs by server and mix, and what loading took."""
    runs, facts = {}, {}
    with contextlib.ExitStack() as stack:
        servers = {}
        for label in ["echo", *(f"echo {mix}" for mix in ANSWERS), "dime", *peers]:
            servers[label], facts[label] = start(stack, label, context)
        for turn in range(context.rounds):
            for kind, state in MIXES:
                questions = context.folder / f"{kind}.{state}"
                for label, server in servers.items():
                    if label.startswith("echo ") and label not in (f"echo {kind}.{state}", f"echo {state}"):
                        continue
                    full = load(server, questions, state, context.seconds, context.asker)
                    paced = load(server, questions, state, context.seconds, context.asker, rate=context.rate)
                    judge = None
                    if context.dnsperf and server.kind != "echo" and state == "existing":
                        judge = dnsperf(server.address, server.process.pid, questions, ["-e"], context.seconds)
                    runs.setdefault((label, kind, state), []).append({"full": full, "paced": paced, "dnsperf": judge})
            print(f"round {turn + 1} of {context.rounds} done, load {os.getloadavg()[0]:.2f}", file=sys.stderr)
        for label, server in servers.items():
            facts[label]["resident_after"] = memory(server.process.pid)
    return runs, facts


def median(runs, how, what):
    return statistics.median(run[how][what] for run in runs)


def print_runs(runs, context):
    for kind, state in MIXES:
        of_mix = [(label, found) for (label, *mix), found in runs.items() if mix == [kind, state]]
        ceiling = max(median(found, "full", "rate") for label, found in of_mix if label.startswith("echo"))
        rows = []
        for label, found in of_mix:
            rates = [run["full"]["rate"] for run in found]
            judged = [run["dnsperf"]["rate"] for run in found if run["dnsperf"]]
            lost = sum(run["full"]["lost"] for run in found) / sum(run["full"]["asked"] for run in found)
            rows.append([
                label, number(statistics.median(rates)), f"{number(min(rates))} to {number(max(rates))}",
                f"{100 * statistics.median(rates) / ceiling:.0f} %",
                f"{median(found, 'full', 'cpu_us'):.2f}",
                number(statistics.median(judged)) if judged else "–",
                *(f"{median(found, 'full', what):.0f}" for what in ("p50_us", "p99_us")),
                *(f"{median(found, 'paced', what):.0f}" for what in ("p50_us", "p99_us", "p999_us")),
                f"{100 * lost:.2f} %",
                *(f"{median(found, 'full', who):.0f} %" for who in ("server", "asker")),
                f"{max(run['full']['others'] for run in found):.0f} %",
            ])
        print(f"\n{kind.upper()}, {state}, server on {len(context.cores)} of {os.cpu_count()} cores:")
        table(
            ["server", "answers a second", "lowest to highest", "of the ceiling", "CPU µs an answer", "dnsperf", "p50 µs", "p99 µs",
             f"p50 at {number(context.rate)}/s", "p99", "p99.9", "lost", "server busy", "asker busy", "others, most"],
            rows,
        )


def print_facts(facts, dets):
    rows = []
    for label, fact in facts.items():
        if label.startswith("echo"):
            continue
        rows.append([
            label, f"{fact['ready_s']:.2f} s", f"{fact['load_s']:.2f} s" if "load_s" in fact else "–",
            f"{fact['resident'] / 2**20:,.0f} MiB", number(fact["resident"] / dets), f"{fact['resident_after'] / 2**20:,.0f} MiB",
        ])
    print("\nLoading and memory:")
    table(["server", "ready after", "of it reading the snapshot", "resident", "octets a DET", "after the questions"], rows)


def under_change(context):
    """The p99 at rest and while DETs are registered and revoked; the checker's opinion."""
    questions, found = context.folder / "hhit.existing", {"rest": [], "change": []}
    checker = ["--checker-core", str(max(range(os.cpu_count())))]
    with Synthetic(context.dets, context.threads, [*context.options, *checker]) as server:
        hold(server.process.pid, context.cores)
        for _ in range(context.rounds):
            for state, rate in (("rest", 0), ("change", context.changes)):
                server.change(rate)
                found[state].append(load(server, questions, "existing", context.seconds, context.asker, rate=context.rate))
        server.change(0)
        report = server.report()
    rows = [[state, *(f"{statistics.median(run[what] for run in runs):.0f}" for what in ("p50_us", "p99_us", "p999_us", "max_us")),
             f"{sum(run['lost'] for run in runs)}", f"{max(run['others'] for run in runs)} %"] for state, runs in found.items()]
    print(f"\nAt rest, and with {context.changes} changes a second (registrations and as many revocations), {number(context.rate)} questions a second:")
    table(["", "p50 µs", "p99 µs", "p99.9 µs", "longest µs", "lost", "others, most"], rows)
    print(f"\nThe checker: {report}")
    if report["faults"] or not report["checked"]:
        raise dime_process.Failed(f"wrong or torn answers: {report}")
    return {"runs": found, "checker": report}


def arguments_of():
    parser = argparse.ArgumentParser(prog="scripts/bench dns", description="dime's name server beside others.")
    parser.add_argument("--dets", type=int, default=50_000)
    parser.add_argument("--questions", type=int, default=1_000_000, help="different questions of each kind, at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rate", type=float, default=20_000, help="questions a second where latency is measured")
    parser.add_argument("--changes", type=int, default=2_000, help="changes a second, half of them revocations")
    parser.add_argument("--servers", default="Knot,NSD,BIND,PowerDNS", help="who is compared; empty for dime alone")
    parser.add_argument("--cores", default="1,2", help="how many cores the servers get, one run each")
    parser.add_argument("--reserve", type=float, default=6, help="GiB of memory to leave to others")
    parser.add_argument("--no-dnsperf", dest="dnsperf", action="store_false")
    parser.add_argument("--json", default="target/bench-dns.json")
    parser.add_argument("--dir", default=str(dime_process.ROOT / "target"), help="where zones and questions are written")
    return parser.parse_args()


def main():
    context = arguments_of()
    peers = [label for label in context.servers.split(",") if label]
    with tempfile.TemporaryDirectory(dir=context.dir, prefix="bench-dns-") as scratch:
        context.folder = pathlib.Path(scratch)
        # The first start makes a snapshot, the others begin from it.
        context.options = ["--kept", context.folder / "kept"]
        print(f"Machine: {machine(context.folder)}, BIND {version('named', '-v')}, PowerDNS {version('pdns_server', '--version')}.")
        print(f"Load of the machine before the start: {os.getloadavg()[0]:.2f}. What else ran is in the tables, as `others`.")
        wanted = ["--folder", context.folder, "--questions", context.questions, *(["--export"] if peers else [])]
        with Synthetic(context.dets, 1, [*wanted, *context.options]) as made:
            zone_text = list(context.folder.glob("*.generic"))
            if "PowerDNS" in peers:
                # It wants the type of a certificate as a number, which the others read as well.
                subprocess.run(["sed", "-i", "s/ IN CERT PKIX / IN CERT 1 /", *zone_text], check=True)
            print(f"{number(context.dets)} DETs in {made.said['zone']}, {sum(path.stat().st_size for path in zone_text) / 2**20:,.0f} MiB of zone text.")
            made_s = float(made.said["load_s"])
            print(f"dime took {made_s:.2f} s to put them in one by one, on one core; below, it begins from its snapshot.")
        context.files = [(path.name.removesuffix("generic"), path) for path in zone_text]
        result = {"dets": context.dets, "load_average": os.getloadavg()[0], "runs": [], "loading": [], "put_in_s": made_s}
        for cores in map(int, context.cores.split(",")):
            context.threads = cores
            context.cores = set(range(cores))
            context.asker = str(os.cpu_count() - 1) if cores < os.cpu_count() else f"0-{os.cpu_count() - 1}"
            runs, facts = {}, {}
            grouped = list(groups(peers, context.dets, context.reserve * 2**30))
            for index, group in enumerate(grouped):
                found, loaded = measure(context, group)
                suffix = f" (beside {', '.join(group)})" if len(grouped) > 1 else ""
                rename = lambda label: label if label in PEERS else label + suffix
                runs |= {(rename(label), *mix): runs_of for (label, *mix), runs_of in found.items()}
                facts |= {rename(label): fact for label, fact in loaded.items()}
            print_runs(runs, context)
            print_facts(facts, context.dets)
            result["runs"] += [{"cores": cores, "server": label, "type": kind, "state": state, "rounds": found} for (label, kind, state), found in runs.items()]
            result["loading"] += [{"cores": cores, "server": label} | fact for label, fact in facts.items()]
            if cores == 1:
                result["under_change"] = under_change(context)
        pathlib.Path(context.json).write_text(json.dumps(result, indent=1) + "\n")
        shutil.rmtree(context.folder, ignore_errors=True)
        context.folder.mkdir()


if __name__ == "__main__":
    try:
        main()
    except (dime_process.Failed, name_servers.Failed) as fault:
        print(f"FAILED: {fault}", file=sys.stderr)
        sys.exit(1)
