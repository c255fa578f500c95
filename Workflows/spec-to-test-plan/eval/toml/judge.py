#!/usr/bin/env python3
"""judge.py DATA OUT NAMES PARSER: holds the files of a run against the gold files.

NAMES maps the identifiers that the run saw to those of the gold files; PARSER is toml or tomli. Prints one JSON value a
line: quotes proven against the source, outcomes of the official cases against the reference, requirements with an executed
case, failing cases in issues, what DATA/score.py says of requirements and issues, and which gold defects the cases that the
run made itself show.
"""
import json
import os
import subprocess
import sys
import tempfile


def load(folder, name):
    if not os.path.exists(os.path.join(folder, name)):
        sys.exit(f"Can't judge the run: there is no {name} in {folder}.")
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def show(value):
    print(json.dumps(value, ensure_ascii=False))


def main():
    data, out, names, parser = sys.argv[1:5]
    with open(names, encoding="utf-8") as file:
        official = json.load(file)
    with open(os.path.join(data, "toml.md"), "rb") as file:
        raw = file.read()
    requirements = load(out, "requirements.json")
    proven = sum(raw[r["byte_start"]:r["byte_end"]] == r["quote"].encode() for r in requirements)
    show({"requirements": len(requirements), "quotes_verbatim": proven})

    results = load(out, "results.json")
    reference = load(data, "sut_results.json")["sut"][parser]["results"]
    known = [{**r, "case": official[r["case"]]} for r in results if r["case"] in official]
    same = [r["case"] for r in known if (r["outcome"] == "pass") == reference[r["case"]]["pass"]]
    failing = {r["case"] for r in known if r["outcome"] != "pass"}
    show({
        "official_cases": len(known), "equal_to_reference": len(same), "failing": len(failing),
        "different": sorted({r["case"] for r in known} - set(same))[:20],
    })

    testable = {r["id"] for r in requirements if r["testable"]}
    executed = {i for r in results for i in r["requirement_ids"]}
    show({"testable": len(testable), "with_executed_case": len(testable & executed)})

    issues = load(out, "issues.json")["issues"]
    made_only = sum(not any(c in official for c in i["failing_cases"]) for i in issues)
    mapped = []
    for issue in issues:
        cases = [official[c] for c in issue["failing_cases"] if c in official]
        if cases:
            mapped.append({**issue, "failing_cases": cases})
    covered = {case for issue in mapped for case in issue["failing_cases"]}
    tied = {case for issue in mapped if issue["requirement_ids"] for case in issue["failing_cases"]}
    show({
        "issues": len(issues), "of_made_cases_only": made_only, "failing_covered": len(failing & covered),
        "failing_covered_with_requirement": len(failing & tied),
    })

    with tempfile.TemporaryDirectory() as folder:
        found = os.path.join(folder, "requirements.jsonl")
        with open(found, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(r) + "\n" for r in requirements)
        path = os.path.join(folder, "issues.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"issues": mapped}, file)
        score(data, "requirements", found, lines(os.path.join(data, "gold_requirements.jsonl")))
        if parser == "toml":
            score(data, "issues", path, load(data, "gold_defects.json")["defects"])
    if parser == "toml":
        detection(out, data, [r for r in results if r["case"] not in official], issues, official)


def score(data, kind, path, gold):
    if not gold:
        print(f"Can't score the {kind}: the gold set is empty.")
        return
    command = [sys.executable, os.path.join(data, "score.py"), kind, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(done.stdout.strip())


def causes(out):
    """The failing cases of the run that wrote `out`, by cause, from its record."""
    warrant = os.environ.get("WARRANT", "warrant")

    def ask(*words):
        done = subprocess.run([warrant, *words, "--json"], capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    runs = ask("runs", "--workflow", "spec-to-test-plan", "--limit", "1000")
    run = next(r["run"] for r in runs if r.get("output") and os.path.realpath(r["output"]) == os.path.realpath(out))
    groups = {}
    for entry in ask("show", run, "--step", "grouped"):
        if entry.get("kind") == "observationRecorded":
            for row in entry["body"]["observation"]["value"]["rows"]:
                groups.setdefault(row["cause"], []).append(row["id"])
    return list(groups.values())


def detection(out, data, made, issues, official):
    """The failing cases that the run made and whose expectation the control parser shares.

    A gold defect counts as shown where one of them is of one cause, as the run itself told causes, with official cases most
    of which belong to that defect; and as proposed where that cause is an issue, so that the second look bore the made
    cases out. All are listed for a person, who may find more.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    sys.path.insert(0, os.path.join(cache, "warrant", "data", "tomli-2.2.1"))
    import base64

    import tomli

    right = []
    for result in made:
        if result["outcome"] == "pass":
            continue
        text = result["input"]
        if text is None:
            text = base64.b64decode(result["input_base64"]).decode("utf-8")
        try:
            tomli.loads(text)
            taken = "accept"
        except tomli.TOMLDecodeError:
            taken = "reject"
        expected = result["expected"]["outcome"]
        if taken == expected:
            right.append({"case": result["case"], "input": text, "expected": expected, "failure": result["failure"]})
    with open(os.path.join(out, "shown.json"), "w", encoding="utf-8") as file:
        json.dump(right, file, ensure_ascii=False, indent=1)
    defects = {c: d["id"] for d in load(data, "gold_defects.json")["defects"] for c in d["failing_cases"]}
    agreed = {r["case"] for r in right}

    def of(groups):
        found = set()
        for cases in groups:
            known = [defects[official[c]] for c in cases if official.get(c) in defects]
            most = max(set(known), key=known.count) if known else None
            if most and 2 * known.count(most) > len(known) and agreed.intersection(cases):
                found.add(most)
        return sorted(found)

    shown, proposed = of(causes(out)), of(issue["failing_cases"] for issue in issues)
    show({
        "gold_defects_shown_by_made_cases": len(shown), "which": shown, "also_in_an_issue": proposed,
        "made_cases": len(made),
        "failing": sum(r["outcome"] != "pass" for r in made),
        "failing_as_the_control_says": len(right), "listed_in": "shown.json",
    })


if __name__ == "__main__":
    main()
