#!/usr/bin/env python3
"""Print how two files of observations differ, field by field.  Usage: drift.py OLD NEW   (exit 1 when they do)

The files are those of observe.py or those of sdk/observe_sdk.py.
"""
import collections
import json
import sys


def name_of(observation):
    """The scenario; with SDKs also what it was observed with."""
    sdk = [observation[field] for field in ("language", "version", "scenario") if field in observation]
    return " ".join(sdk) or observation["name"]


def outcome_of(observation):
    """What the count at the end goes by."""
    return observation.get("outcome") or observation["error"] or "sent"


def read(path):
    """The client's version, and the observations by name."""
    with open(path, encoding="utf-8") as f:
        observations = [json.loads(line) for line in f if line.strip()]
    head = observations.pop(0) if observations and "client" in observations[0] else {}
    return head.get("client"), {name_of(o): o for o in observations}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    (old_client, old), (new_client, new) = read(sys.argv[1]), read(sys.argv[2])
    differences = 0
    for name in [*old, *(n for n in new if n not in old)]:
        if name not in new or name not in old:
            differences += 1
            print(f"{name}: {'no longer recorded' if name in old else 'new'}")
            continue
        for field in sorted(old[name].keys() | new[name].keys()):
            before, after = old[name].get(field), new[name].get(field)
            if before != after:
                differences += 1
                print(f"{name}: {field}\n  - {json.dumps(before, ensure_ascii=False)}\n  + {json.dumps(after, ensure_ascii=False)}")
    outcomes = collections.Counter(outcome_of(o) for o in new.values())
    print("outcomes: " + ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common()))
    client = f"client {old_client} -> {new_client}: " if new_client else ""
    print(f"{client}{differences} differences in {len(new)} scenarios")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
