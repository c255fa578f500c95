#!/usr/bin/env python3
"""opaque.py CASES OUT MAP: copies a JSON Lines file of cases under identifiers that say nothing, in an order that says nothing.

MAP gets one JSON object, from the new identifiers to the old ones. The new ones follow the hash of a case's content, so
that neither a folder nor a neighbour tells what a case is about.
"""
import hashlib
import json
import sys


def main():
    source, target, names = sys.argv[1:4]
    with open(source, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file if line.strip()]
    cases.sort(key=lambda case: hashlib.sha256(json.dumps(case, sort_keys=True).encode()).hexdigest())
    known = {}
    with open(target, "w", encoding="utf-8") as file:
        for number, case in enumerate(cases, 1):
            name = f"case-{number:04}"
            known[name] = case["id"]
            file.write(json.dumps({**case, "id": name}, ensure_ascii=False) + "\n")
    with open(names, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=0)


if __name__ == "__main__":
    main()
