#!/usr/bin/env python3
"""judge.py DATA OUT: holds the files of a run against the gold files.

Prints one JSON value a line: quotes proven against the source, outcomes of the official cases against the reference,
failing cases in issues, then what DATA/score.py says of requirements and issues.
"""
import json
import os
import subprocess
import sys
import tempfile

data, out = sys.argv[1], sys.argv[2]


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


raw = open(os.path.join(data, "toml.md"), "rb").read()
requirements = load(out, "requirements.json")
proven = sum(raw[r["byte_start"]:r["byte_end"]] == r["quote"].encode() for r in requirements)
print(json.dumps({"requirements": len(requirements), "quotes_verbatim": proven}))

reference = load(data, "sut_results.json")["sut"]["toml"]["results"]
results = [r for r in load(out, "results.json") if r["origin"] == "existing"]
same = [r["case"] for r in results if (r["outcome"] == "pass") == reference[r["case"]]["pass"]]
failing = {r["case"] for r in results if r["outcome"] != "pass"}
print(json.dumps({
    "official_cases": len(results), "equal_to_reference": len(same), "failing": len(failing),
    "different": sorted({r["case"] for r in results} - set(same))[:20],
}))

issues = load(out, "issues.json")["issues"]
covered = {case for issue in issues for case in issue["failing_cases"]}
with_requirement = {case for issue in issues if issue["requirement_ids"] for case in issue["failing_cases"]}
print(json.dumps({
    "issues": len(issues), "failing_covered": len(failing & covered),
    "failing_covered_with_requirement": len(failing & with_requirement),
}))

with tempfile.TemporaryDirectory() as folder:
    lines = os.path.join(folder, "requirements.jsonl")
    with open(lines, "w", encoding="utf-8") as file:
        for r in requirements:
            file.write(json.dumps(r) + "\n")
    score = os.path.join(data, "score.py")
    official = {"issues": []}
    for issue in issues:
        cases = [c for c in issue["failing_cases"] if c in reference]
        if cases:
            official["issues"].append({**issue, "failing_cases": cases})
    path = os.path.join(folder, "issues.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(official, file)
    for arguments in (["requirements", lines], ["issues", path]):
        done = subprocess.run([sys.executable, score, *arguments], capture_output=True, text=True, check=True)
        print(done.stdout.strip())
