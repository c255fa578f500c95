#!/usr/bin/env python3
"""score.py OUT NAMES: holds the files of a run on the tally sheets against the gold files beside this script.

NAMES maps the identifiers that the run saw to those of the gold files. Prints one JSON value a line. A requirement is found
where a quote covers at least 0.6 of a gold quote and is no longer than four times it and 80 bytes; each gold quote counts
once, each found one at most twice, the closest first. An issue is of the defect that most of its cases have; without
such a defect it is invented. B-cubed compares the issues with the defects, case by case.
"""
import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))


def load(folder, name):
    if not os.path.exists(os.path.join(folder, name)):
        sys.exit(f"Can't score the run: there is no {name} in {folder}.")
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        if name.endswith(".jsonl"):
            return [json.loads(line) for line in file if line.strip()]
        return json.load(file)


def harmonic(first, second):
    return round(2 * first * second / (first + second), 3) if first + second else 0.0


def requirements(found, gold, raw):
    pairs = []
    for i, p in enumerate(found):
        for j, g in enumerate(gold):
            shared = min(p["byte_end"], g["byte_end"]) - max(p["byte_start"], g["byte_start"])
            size, length = g["byte_end"] - g["byte_start"], p["byte_end"] - p["byte_start"]
            if shared >= 0.6 * size and length <= 4 * size + 80:
                pairs.append((shared / max(size, length), i, j))
    uses, hits = {}, {}
    for _, i, j in sorted(pairs, reverse=True):
        if j not in hits and uses.get(i, 0) < 2:
            hits[j] = i
            uses[i] = uses.get(i, 0) + 1
    precision, recall = len(uses) / max(1, len(found)), len(hits) / len(gold)
    same = sum(found[i]["polarity"] == gold[j]["polarity"] for j, i in hits.items())
    return {
        "requirements": len(found),
        "quotes_verbatim": sum(raw[p["byte_start"]:p["byte_end"]] == p["quote"].encode() for p in found),
        "precision": round(precision, 3), "recall": round(recall, 3), "f1": harmonic(precision, recall),
        "polarity": round(same / max(1, len(hits)), 3),
        "missed": [gold[j]["quote"] for j in range(len(gold)) if j not in hits],
    }


def issues(found, defects):
    defect_of = {case: d["id"] for d in defects for case in d["failing_cases"]}
    issue_of = {}
    for k, cases in enumerate(found):
        for case in cases:
            issue_of.setdefault(case, k)
    both = [case for case in defect_of if case in issue_of]

    def mean_purity(groups, labels):
        shares = []
        for case in both:
            group = [other for other in both if groups[other] == groups[case]]
            shares.append(sum(labels[other] == labels[case] for other in group) / len(group))
        return sum(shares) / max(1, len(shares))

    of = []
    for cases in found:
        causes = [defect_of[case] for case in cases if case in defect_of]
        most = max(sorted(set(causes)), key=causes.count) if causes else None
        of.append(most if most and 2 * causes.count(most) > len(cases) else None)
    precision, recall = mean_purity(issue_of, defect_of), mean_purity(defect_of, issue_of)
    return {
        "issues": len(found), "defects": len(defects),
        "defect_recall": round(len({d for d in of if d}) / len(defects), 3), "invented": of.count(None),
        "case_coverage": round(len(both) / len(defect_of), 3), "b_cubed_f1": harmonic(precision, recall),
        "missed": [d["title"] for d in defects if d["id"] not in of],
    }


def main():
    out, names = sys.argv[1:3]
    with open(names, encoding="utf-8") as file:
        known = json.load(file)
    with open(os.path.join(here, "spec.md"), "rb") as file:
        raw = file.read()
    gold = load(here, "gold_requirements.jsonl")
    defects = load(here, "gold_defects.json")["defects"]
    for name, rows in (("requirements", gold), ("defects", defects)):
        if not rows:
            sys.exit(f"Can't score the {name}: the gold set is empty.")
    found = load(out, "requirements.json")
    print(json.dumps(requirements(found, gold, raw), ensure_ascii=False))
    results = load(out, "results.json")
    failing = {known[r["case"]] for r in results if r["case"] in known and r["outcome"] != "pass"}
    expected = {case for defect in defects for case in defect["failing_cases"]}
    print(json.dumps({
        "cases": sum(r["case"] in known for r in results), "failing": len(failing),
        "failing_and_should_not": sorted(failing - expected), "should_fail_and_do_not": sorted(expected - failing),
    }))
    covered = {i for r in results for i in r["requirement_ids"]}
    testable = {r["id"] for r in found if r["testable"]}
    made = [r for r in results if r["case"] not in known]
    print(json.dumps({
        "testable": len(testable), "with_executed_case": len(testable & covered), "made_cases": len(made),
        "made_cases_failing": sum(r["outcome"] != "pass" for r in made),
    }))
    mapped = [[known[c] for c in i["failing_cases"] if c in known] for i in load(out, "issues.json")["issues"]]
    scored = issues([cases for cases in mapped if cases], defects)
    # Without a case of the gold set an issue is neither right nor wrong here: a person has to look at it.
    print(json.dumps({**scored, "of_made_cases_only": mapped.count([])}, ensure_ascii=False))


if __name__ == "__main__":
    main()
