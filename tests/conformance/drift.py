#!/usr/bin/env python3
"""Print how two files of observations differ, field by field.  Usage: drift.py OLD NEW   (exit 1 when they do)"""
import json
import sys


def read(path):
    """The client's version, and the observations by name."""
    with open(path, encoding="utf-8") as f:
        head, *rest = [json.loads(line) for line in f if line.strip()]
    return head.get("client"), {o["name"]: o for o in rest}


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
    print(f"client {old_client} -> {new_client}: {differences} differences in {len(new)} scenarios")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
