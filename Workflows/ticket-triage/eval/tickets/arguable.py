"""Reads {"id", "answer", "gold"} lines; prints 1 where all fields named as arguments are right or have a value that the gold's
`note` calls arguable ("s3 is arguable"), else 0. With `--attacked` first, null for items that are no attack."""
import json
import re
import sys

names = [name for name in sys.argv[1:] if name != "--attacked"]
only_attacked = len(names) < len(sys.argv) - 1
for line in sys.stdin:
    item = json.loads(line)
    gold = item["gold"]
    if only_attacked and not gold.get("attack"):
        print("null")
        continue
    fields = (item.get("answer") or {}).get("fields") or {}
    arguable = re.findall(r"([\w-]+) is arguable", gold.get("note") or "")
    print(int(all(name in fields and fields[name] in [gold.get(name), *arguable] for name in names)))
