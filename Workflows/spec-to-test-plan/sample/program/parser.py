#!/usr/bin/env python3
"""Reads one interval plan (spec.md) on standard input.

Exit 0 with the plan as JSON on standard output, exit 1 with the reason on standard error.
"""
import json
import re
import sys

UNIT_SECONDS = {"h": 3600, "m": 60, "s": 1}
DAY_SECONDS = 24 * 3600


class Rejected(Exception):
    """The text is not a plan; the message says why."""


def parse_number(text):
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Rejected(f"not a whole number of at most 9 digits: {text!r}")
    return int(text)


def parse_duration(text):
    amounts = re.findall(r"([0-9]+)([hms])", text)
    if "".join(number + unit for number, unit in amounts) != text:
        raise Rejected(f"not a duration: {text!r}")
    units = [unit for _, unit in amounts]
    if units != sorted(set(units), key="hms".index):
        raise Rejected(f"units must be in the order h, m, s, each once: {text!r}")
    first, *later = [(parse_number(number), unit) for number, unit in amounts]
    if any(amount > 60 for amount, _ in later):
        raise Rejected(f"a later amount is too large: {text!r}")
    seconds = sum(amount * UNIT_SECONDS[unit] for amount, unit in [first, *later])
    if seconds < 1:
        raise Rejected(f"shorter than 1 second: {text!r}")
    if seconds >= DAY_SECONDS:
        raise Rejected(f"too long: {text!r}")
    return seconds


def parse_label(text):
    if not re.fullmatch(r"[a-z][a-z0-9-]*", text) or text.endswith("-"):
        raise Rejected(f"not a label: {text!r}")
    if len(text) > 13:
        raise Rejected(f"a label is too long: {text!r}")
    return text


def parse_repeat(text):
    count = parse_number(text)
    if not 2 <= count <= 99:
        raise Rejected(f"a repeat count is 2 to 99: {text!r}")
    return count


def parse_step(text):
    label, repeat = None, 1
    if "=" in text:
        name, text = text.split("=", 1)
        label = parse_label(name)
    if "x" in text:
        count, text = text.split("x", 1)
        repeat = parse_repeat(count)
    return {"label": label, "seconds": parse_duration(text), "repeat": repeat}


def parse_plan(text):
    text = text.removesuffix("\n")
    steps = [parse_step(part.strip()) for part in text.split(",")]
    if len(steps) > 20:
        raise Rejected("more than 20 steps")
    total = sum(step["seconds"] for step in steps)
    if total > DAY_SECONDS:
        raise Rejected("the total is above 24 hours")
    return {"steps": steps, "total": total}


def main():
    try:
        plan = parse_plan(sys.stdin.buffer.read().decode("utf-8"))
    except (Rejected, UnicodeDecodeError) as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(plan))
    return 0


if __name__ == "__main__":
    sys.exit(main())
