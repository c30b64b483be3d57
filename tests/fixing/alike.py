#!/usr/bin/env python3
"""Compares what the real client did with what was meant and with what a fix made: `alike.py OBSERVED PAIRS`.

Every scenario N-meant has a partner N-fixed; outcome, requests and hosts have to be the same. PAIRS is how many there are."""

import collections
import json
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        observed = [json.loads(line) for line in file][1:]
    pairs = collections.defaultdict(dict)
    for one in observed:
        number, role = one["name"].rsplit("-", 1)
        pairs[number][role] = one
    expected = int(sys.argv[2])
    failed = len(pairs) != expected
    outcomes = collections.Counter()
    for number, pair in pairs.items():
        if set(pair) != {"meant", "fixed"}:
            print(f"{number}: only {', '.join(pair)}")
            failed = True
            continue
        for field in ("outcome", "requests", "dropped", "other_hosts", "exchanges"):
            meant, fixed = pair["meant"].get(field), pair["fixed"].get(field)
            if meant != fixed:
                print(f"{number}: {field}\n  - {json.dumps(meant)}\n  + {json.dumps(fixed)}")
                failed = True
        outcomes[pair["meant"]["outcome"]] += 1
    if failed:
        print(f"{len(pairs)} of {expected} pairs were observed; not all are alike" if pairs else "nothing was observed")
        return 1
    print(f"{len(pairs)} pairs alike: " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
