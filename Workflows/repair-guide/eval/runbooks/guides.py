#!/usr/bin/env python3
"""guides.py FIGURE [DATA]: one figure of guides against gold guides, a number from 0 to 1 or null for each line read.

Steps are aligned by equal commands first, then in order by the overlap of their words of four letters or more.

steps     F1 of the aligned steps
commands  share of the gold's commands that the guide has, letter by letter
kinds     share of the aligned steps with the right kind
order     share of the pairs of aligned steps that stand in the right order
cautions  share of the gold's cautions that the guide has
quotes    share of all quotes that stand in the runbook of DATA at the bytes they name
"""
import json
import os
import re
import sys


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


def share(part, whole):
    return round(part / whole, 4) if whole else None


def figure(name, gold, guide):
    commands = {c["id"]: c["quote"] for c in guide["commands"]}
    made = [{"instruction": s["quote"], "kind": s["kind"], "command": commands.get(s.get("command"))}
            for s in guide["steps"]]
    pairs = align(gold["steps"], made)
    if name == "steps":
        return share(2 * len(pairs), len(gold["steps"]) + len(made))
    if name == "commands":
        left = [s["command"] for s in made if s["command"]]
        wanted = [s["command"] for s in gold["steps"] if s.get("command")]
        found = 0
        for command in wanted:
            if command in left:
                left.remove(command)
                found += 1
        return share(found, len(wanted))
    if name == "kinds":
        return share(sum(gold["steps"][i]["kind"] == made[j]["kind"] for i, j in pairs), len(pairs))
    if name == "order":
        right = sum(b[1] > a[1] for i, a in enumerate(pairs) for b in pairs[i + 1:])
        return share(right, len(pairs) * (len(pairs) - 1) // 2)
    if name == "cautions":
        caught = sum(any(overlap(c, w["quote"]) >= 0.2 for w in guide["cautions"]) for c in gold["cautions"])
        return share(caught, len(gold["cautions"]))
    if name == "quotes":
        with open(os.path.join(sys.argv[2], gold["file"]), "rb") as file:
            raw = file.read()
        quotes = guide["steps"] + guide["commands"] + guide["cautions"]
        quotes += [detail for step in guide["steps"] for detail in step.get("details", [])]
        return share(sum(raw[q["byte_start"]:q["byte_end"]] == q["quote"].encode() for q in quotes), len(quotes))
    sys.exit(__doc__)


for line in sys.stdin:
    item = json.loads(line)
    guide = item.get("answer") or {"steps": [], "commands": [], "cautions": []}
    print(json.dumps(figure(sys.argv[1], item["gold"], guide)))
