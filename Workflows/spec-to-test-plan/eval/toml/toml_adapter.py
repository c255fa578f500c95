#!/usr/bin/env python3
"""PyPI's `toml` as a system under test: one TOML document on standard input.

Exit 0: accepted; standard output is the value as toml-test's tagged JSON, {"type": T, "value": TEXT} for a scalar.
Exit 1: rejected as documented: not UTF-8, or TomlDecodeError.
Exit 3: anything else the parser raised, an error of its own kind; standard error says which.

`toml_adapter.py tomli` runs the control, PyPI's `tomli`, instead.
"""
import datetime
import json
import sys


def tagged(value):
    """The value with every scalar tagged by its TOML type. bool goes before int and datetime before date: subclasses."""
    if isinstance(value, dict):
        return {key: tagged(member) for key, member in value.items()}
    if isinstance(value, list):
        return [tagged(element) for element in value]
    if isinstance(value, str):
        return scalar("string", value)
    if isinstance(value, bool):
        return scalar("bool", "true" if value else "false")
    if isinstance(value, int):
        return scalar("integer", str(value))
    if isinstance(value, float):
        return scalar("float", repr(value))
    if isinstance(value, datetime.datetime):
        return scalar("datetime-local" if value.tzinfo is None else "datetime", value.isoformat())
    if isinstance(value, datetime.date):
        return scalar("date-local", value.isoformat())
    if isinstance(value, datetime.time):
        return scalar("time-local", value.isoformat())
    raise TypeError(f"a parsed value has the type {type(value).__name__}, which TOML does not have")


def scalar(type_name, text):
    return {"type": type_name, "value": text}


def main():
    if sys.argv[1:] == ["tomli"]:
        import tomli as parser

        documented = parser.TOMLDecodeError
    else:
        import toml as parser

        documented = parser.TomlDecodeError
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        print(f"not UTF-8: {error}", file=sys.stderr)
        return 1
    try:
        value = parser.loads(text)
    except documented as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 3
    try:
        value = tagged(value)
    except Exception as error:
        # Accepted all the same, an offset of 25 hours for instance: there is no value to compare.
        print(f"accepted, but the value can't be written: {error}", file=sys.stderr)
        return 0
    # A parser may return half of a surrogate pair, which UTF-8 can't carry: "?" stands for it.
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
