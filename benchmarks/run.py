"""Measures. Every ratio comes from one run in which both sides took turns; no figure makes this fail.

python benchmarks/run.py                  # all
python benchmarks/run.py overhead pull    # these
python benchmarks/run.py --json
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import sys
import time
import traceback

from measuring import Figure, Skipped

BENCHMARKS = ("startup", "overhead", "rates", "fan_out", "pull", "in_flight", "ledger")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the SDK against plain HTTP clients and a peer.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)}; all without")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    found: list[tuple[str, Figure]] = []
    for name in arguments.names or BENCHMARKS:
        started = time.monotonic()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        found += [(name, figure) for figure in _measured(name)]
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    if arguments.json:
        print(json.dumps([{"benchmark": name, **dataclasses.asdict(figure)} for name, figure in found], indent=1))
    else:
        print(_table(found))


def _measured(name: str) -> list[Figure]:
    try:
        figures: list[Figure] = importlib.import_module(name).measure()
    except Skipped as reason:
        return [Figure("skipped", str(reason))]
    except Exception as error:  # noqa: BLE001 - the other benchmarks still inform
        traceback.print_exc()
        return [Figure("failed", f"{type(error).__name__}: {error}")]
    return figures


def _table(found: list[tuple[str, Figure]]) -> str:
    rows = [("benchmark", "what", "ours", "against", "ratio", "bar", "")]
    for name, figure in found:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}x"
        verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
        rows.append((name, figure.what, figure.ours, figure.theirs, ratio, figure.bar, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


if __name__ == "__main__":
    main()
