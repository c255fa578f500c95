#!/usr/bin/env python3
"""judge.py DATA OUT: holds the guides of OUT against DATA/gold_guides.jsonl; one JSON line a guide, then the figures.

Steps are aligned by equal commands first, then in order by the overlap of their words of four letters or more.
"""
import json
import os
import re
import sys

data, out = sys.argv[1], sys.argv[2]


def words(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def overlap(left, right):
    left, right = words(left), words(right)
    return len(left & right) / len(left | right) if left | right else 0


def align(gold, made):
    """Pairs of indices: equal commands first, then the best remaining by overlap, in order."""
    pairs, used = [], set()
    for i, step in enumerate(gold):
        for j, other in enumerate(made):
            if step.get("command") and step["command"] == other.get("command") and j not in used:
                pairs.append((i, j))
                used.add(j)
                break
    done = {i for i, _ in pairs}
    for i, step in enumerate(gold):
        if i in done:
            continue
        best = max(((overlap(step["instruction"], other["instruction"]), -j) for j, other in enumerate(made)
                    if j not in used), default=(0, 0))
        if best[0] >= 0.2:
            pairs.append((i, -best[1]))
            used.add(-best[1])
    return sorted(pairs)


total = dict.fromkeys("gold made aligned commands found produced verbatim kinds ordered pairs cautions caught quotes "
                      "proven".split(), 0)
for line in open(os.path.join(data, "gold_guides.jsonl"), encoding="utf-8"):
    gold = json.loads(line)
    name = os.path.splitext(os.path.basename(gold["file"]))[0]
    raw = open(os.path.join(data, gold["file"]), "rb").read()
    try:
        guide = json.load(open(os.path.join(out, name, "guide.json"), encoding="utf-8"))
    except (OSError, ValueError):
        guide = {"steps": [], "commands": [], "cautions": []}
    lines = {c["id"]: c["quote"] for c in guide["commands"]}
    made = [{"instruction": s["quote"], "kind": s["kind"], "command": lines.get(s.get("command"))}
            for s in guide["steps"]]
    pairs = align(gold["steps"], made)
    commands = [s["command"] for s in gold["steps"] if s.get("command")]
    produced = [s["command"] for s in made if s["command"]]
    left = list(produced)
    found = 0
    for command in commands:
        if command in left:
            left.remove(command)
            found += 1
    quotes = guide["steps"] + guide["commands"] + guide["cautions"]
    concordant = sum(b[1] > a[1] for i, a in enumerate(pairs) for b in pairs[i + 1:])
    count = len(pairs) * (len(pairs) - 1) // 2
    caught = sum(any(overlap(c, w["quote"]) >= 0.2 for w in guide["cautions"]) for c in gold["cautions"])
    row = {
        "gold": len(gold["steps"]), "made": len(made), "aligned": len(pairs), "commands": len(commands),
        "found": found, "produced": len(produced), "verbatim": sum(c.encode() in raw for c in produced),
        "kinds": sum(gold["steps"][i]["kind"] == made[j]["kind"] for i, j in pairs),
        "ordered": concordant, "pairs": count, "cautions": len(gold["cautions"]), "caught": caught,
        "quotes": len(quotes), "proven": sum(raw[q["byte_start"]:q["byte_end"]] == q["quote"].encode() for q in quotes),
    }
    for key, value in row.items():
        total[key] += value
    print(json.dumps({"file": name, **row,
                      "missed": [gold["steps"][i]["instruction"] for i in range(len(gold["steps"]))
                                 if i not in {i for i, _ in pairs}],
                      "extra": [made[j]["instruction"][:80] for j in range(len(made)) if j not in {j for _, j in pairs}],
                      } if os.environ.get("SHOW") else {"file": name, **row}))


def share(part, whole):
    return round(part / whole, 3) if whole else None


recall, precision = total["aligned"] / max(total["gold"], 1), total["aligned"] / max(total["made"], 1)
print(json.dumps({
    "step_recall": round(recall, 3), "step_precision": round(precision, 3),
    "step_f1": round(2 * recall * precision / max(recall + precision, 1e-9), 3),
    "command_recall": share(total["found"], total["commands"]),
    "command_precision": share(total["verbatim"], total["produced"]),
    "kind_accuracy": share(total["kinds"], total["aligned"]),
    "order": share(2 * total["ordered"] - total["pairs"], total["pairs"]),
    "caution_recall": share(total["caught"], total["cautions"]),
    "quotes_verbatim": share(total["proven"], total["quotes"]),
}))
