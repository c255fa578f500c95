#!/usr/bin/env python3
"""judge.py prepare DATA OUT: a workspace and a suite for each program of DATA.
judge.py score DATA OUT: one JSON line a program, then one with the figures. Proposed code runs in the sandbox alone.
"""
import json
import os
import subprocess
import sys

CHECK = """import json
import sys

case = json.load(sys.stdin)
names = {}
exec(compile(open("program.py").read(), "program.py", "exec"), names)
value = names[case["call"]](*case["args"])
print(json.dumps(list(value) if hasattr(value, "__next__") else value))
"""


def rows(folder, name):
    path = os.path.join(folder, name)
    return [json.loads(line) for line in open(path)] if os.path.exists(path) else []


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def prepare(data, out):
    tests = {row["id"]: row["tests"] for row in rows(data, "tests.jsonl")}
    programs = rows(data, "programs.jsonl")
    for program in programs:
        place = os.path.join(out, program["id"])
        write(place + "/workspace/program.py", program["source"])
        write(place + "/workspace/check.py", CHECK)
        write(place + "/about.txt", program["description"])
        cases = [{"id": "case-%d" % (number + 1), "expect": "accept", "value": test["expected"],
                  "input": json.dumps({"call": program["entry"], "args": test["args"]})}
                 for number, test in enumerate(tests[program["id"]])]
        write(place + "/cases.jsonl", "".join(json.dumps(case) + "\n" for case in cases))
    write(out + "/names.txt", "".join(program["id"] + "\n" for program in programs))


def right(got, wanted):
    if isinstance(got, bool) != isinstance(wanted, bool):
        return False  # 1 is no true
    if isinstance(wanted, float) and isinstance(got, (int, float)):
        return abs(got - wanted) < 1e-9
    return got == wanted


def observed(place, program, test):
    """What the source in `judged` prints for a test, in the sandbox."""
    done = subprocess.run(
        [os.environ["WARRANT"], "sandbox", "exec", "--profile", "strict", "--workspace", place + "/judged",
         "--wall", "5s", "--", "python3", "check.py"], capture_output=True, text=True,
        input=json.dumps({"call": program["entry"], "args": test["args"]}))
    if done.returncode == 124:
        return "no end"
    return done.stdout.strip() if done.returncode == 0 else "an error"


def failures(place, program, source, tests):
    """How many of the tests a source fails, each in a process of its own."""
    write(place + "/judged/program.py", source)
    write(place + "/judged/check.py", CHECK)
    failed = 0
    for test in tests:
        try:
            failed += not right(json.loads(observed(place, program, test)), test["expected"])
        except ValueError:
            failed += 1
    return failed


def patched(source, patch):
    lines = source.split("\n")
    if lines[patch["line"] - 1] != patch["old"]:
        return None
    lines[patch["line"] - 1] = patch["new"]
    return "\n".join(lines)


def score(data, out):
    tests = {row["id"]: row for row in rows(data, "tests.jsonl")}
    solutions = {row["id"]: row for row in rows(data, "solutions.jsonl")}
    programs = rows(data, "programs.jsonl")
    figures = {"programs": len(programs), "fixed": 0, "localised": 0, "over_claims": 0, "declined": 0, "broken": 0,
               "untouched": 0, "wrong_on_hidden": 0, "seconds": 0.0}
    for program in programs:
        place = os.path.join(out, program["id"])
        status, start, end = open(place + "/exit").read().split()
        try:
            trial = json.load(open(place + "/run/fix.json"))["trial"]
        except (OSError, ValueError):
            trial = {"verdict": "none", "sentence": open(place + "/errors.txt").read()[-300:], "patches": []}
        row = {"id": program["id"], "verdict": trial["verdict"], "says": trial["sentence"], "exit": int(status),
               "tried": trial.get("tried", 0), "seconds": round(float(end) - float(start), 1)}
        figures["seconds"] += row["seconds"]
        figures["untouched"] += open(place + "/workspace/program.py").read() == program["source"]
        if trial["verdict"] == "fixed" and trial["patches"]:
            patch = trial["patches"][0]
            row.update(line=patch["line"], new=patch["new"].strip(), change=patch["change"])
            source = patched(program["source"], patch)
            known = tests[program["id"]]["tests"]
            row["failed"] = len(known) if source is None else failures(place, program, source, known)
            hidden = tests[program["id"]].get("hidden", [])
            row["failed_hidden"] = len(hidden) if source is None else failures(place, program, source, hidden)
            figures["fixed"] += row["failed"] == 0 and row["failed_hidden"] == 0
            figures["over_claims"] += row["failed"] > 0
            figures["wrong_on_hidden"] += row["failed_hidden"] > 0
            figures["localised"] += patch["line"] == solutions.get(program["id"], {}).get("line")
        elif trial["verdict"] == "none":
            figures["broken"] += 1  # The run came to no verdict, which is no declining.
        else:
            figures["declined"] += 1
        print(json.dumps(row))
    figures["seconds"] = round(figures["seconds"], 1)
    print(json.dumps(figures))
    good = figures["over_claims"] == 0 and figures["broken"] == 0 and figures["untouched"] == len(programs)
    return 0 if programs and good else 1


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2], sys.argv[3])
    else:
        sys.exit(score(sys.argv[2], sys.argv[3]))
