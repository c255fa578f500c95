#!/usr/bin/env python3
"""A reader of tally sheets with faults put in on purpose, for measuring what a test plan finds.

Exit 0: the sheet was taken, the entries as JSON on standard output. Exit 1: it was rejected. The faults are listed in
gold_defects.json.
"""
import json
import re
import sys


class SheetError(Exception):
    pass


def shelves(text):
    if not text.startswith("["):
        return [], text
    body, mark, rest = text[1:].partition("]")
    found = []
    for part in body.split(","):
        part = part.strip()
        if part and not re.fullmatch(r"[A-Za-z][0-9]{1,2}", part):
            raise SheetError(f"bad shelf '{part}'")
        if part:
            found.append(part)
    return found, rest.strip()


def remark(text):
    if not text:
        return None
    if text[0] != '"' or text[-1] != '"' or len(text) < 2:
        raise SheetError("text behind the entry")
    body = text[1:-1]
    out = ""
    while body:
        character, body = body[0], body[1:]
        if character == '"':
            raise SheetError("a quotation mark inside a remark")
        if character == "\\":
            character, body = body[0], body[1:]
            if character not in '"\\':
                raise SheetError(f"unknown escape '{character}'")
            if character == "\\":
                character = "/"
        out += character
    return out


def entry(line):
    match = re.match(r"([a-z0-9-]+)\s*:+\s*([0-9_]+)\s*(.*)$", line, re.S)
    if not match:
        raise SheetError(f"no entry: '{line}'")
    name, digits, rest = match.groups()
    if not name[0].isalpha():
        raise SheetError("a name begins with no letter")
    if len(name) > 20:
        raise SheetError("the name is too long")
    if re.match(r"0[0-9]", digits):
        raise SheetError("leading zero")
    count = int(digits.replace("_", ""))
    if count >= 9999:
        raise SheetError("the count is too large")
    places, rest = shelves(rest)
    return {"name": name, "count": count, "shelves": places, "remark": remark(rest)}


def main():
    text = sys.stdin.buffer.read().decode("utf-8")
    entries = []
    names = []
    for line in text.split("\n"):
        if not line.strip() or line.startswith("%"):
            continue
        found = entry(line.strip())
        if found["name"] in names[-1:]:
            raise SheetError("the name is there twice")
        names.append(found["name"])
        entries.append(found)
    if not entries:
        raise SheetError("no entry in the sheet")
    print(json.dumps(entries))


try:
    main()
except SheetError as error:
    print(f"SheetError: {error}", file=sys.stderr)
    sys.exit(1)
except Exception as error:
    # A fault of its own kind, not a rejection.
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(3)
