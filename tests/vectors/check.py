#!/usr/bin/env python3
"""Checks the test cases themselves, without computing anything.

    python3 tests/vectors/check.py [DIRECTORY…]

Looks at the files of this directory, of the gallery of formulas, of the directories named, and of FUNDLAYERS_VECTORS
(several are separated as in PATH). Every file must fit schema.json, every name must be unique, every code must be in the catalogue, and a policy
that is expected to work must hold together.
"""

import json
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE.parents[1] / "crates" / "fundlayers" / "src" / "ground" / "problem" / "code.rs"
GALLERY = HERE.parents[1] / "crates" / "fundlayers-policies" / "gallery"
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "null": lambda v: v is None,
}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "enum", "const", "required", "properties",
    "additionalProperties", "items", "minItems", "minLength", "minProperties", "minimum", "pattern",
    "oneOf", "anyOf", "allOf", "not", "if", "then",
}


def violations(value, schema, root, at="$"):
    """The ways in which a value does not fit a schema (the keywords that schema.json uses)."""
    unknown = set(schema) - KNOWN
    if unknown:
        raise SystemExit(f"check.py does not know the schema keywords {sorted(unknown)}")
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        yield from violations(value, target, root, at)
    fits = lambda sub: next(violations(value, sub, root, at), None) is None
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(TYPES[t](value) for t in types):
            yield f"{at}: not of type {' or '.join(types)}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']!r}"
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{at}: too short"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: {value!r} does not fit {schema['pattern']}"
    if isinstance(value, (int, float)) and "minimum" in schema and value < schema["minimum"]:
        yield f"{at}: below {schema['minimum']}"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{at}: too few items"
        if "items" in schema:
            for index, item in enumerate(value):
                yield from violations(item, schema["items"], root, f"{at}[{index}]")
    if isinstance(value, dict):
        if len(value) < schema.get("minProperties", 0):
            yield f"{at}: too few keys"
        for key in schema.get("required", []):
            if key not in value:
                yield f"{at}: {key} is missing"
        properties = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        for key, item in value.items():
            if key in properties:
                yield from violations(item, properties[key], root, f"{at}.{key}")
            elif extra is False:
                yield f"{at}: {key} is unknown"
            elif isinstance(extra, dict):
                yield from violations(item, extra, root, f"{at}.{key}")
    if "oneOf" in schema and sum(map(fits, schema["oneOf"])) != 1:
        yield f"{at}: must fit exactly one alternative"
    if "anyOf" in schema and not any(map(fits, schema["anyOf"])):
        yield f"{at}: fits no alternative"
    for sub in schema.get("allOf", []):
        yield from violations(value, sub, root, at)
    if "not" in schema and fits(schema["not"]):
        yield f"{at}: must not fit {schema['not']}"
    if "if" in schema and fits(schema["if"]):
        yield from violations(value, schema.get("then", {}), root, at)


def implausible(policy):
    """What is wrong with the structure of a policy that is expected to work."""
    for key in ("id", "title", "years", "unit", "layers", "classes"):
        if key not in policy:
            yield f"policy without {key}"
            return
    years = policy["years"]
    if not (isinstance(years, list) and len(years) == 2 and years[0] <= years[1]):
        yield "years are not two in order"
    layers = [layer.get("id") for layer in policy["layers"]]
    pools = {pool.get("id") for pool in policy.get("pools", [])}
    classes = [each.get("id") for each in policy["classes"]]
    if len(set(layers)) < len(layers) or len(set(classes)) < len(classes):
        yield "an id stands twice"
    for layer in policy["layers"]:
        payer = layer.get("payer")
        if isinstance(payer, dict):
            if policy.get("attributes", {}).get(payer.get("attribute"), {}).get("type") != "text":
                yield f"payer {payer} is no text of a place"
        elif payer != "county" and payer not in policy.get("payers", {}):
            yield f"payer {payer} is not declared"
    attributes = policy.get("attributes", {})
    for name, attribute in attributes.items():
        if attribute.get("type") not in ("number", "flag", "text"):
            yield f"attribute {name} without a type"
    figures = [figure.get("id") for figure in policy.get("figures", [])]
    for pool in policy.get("pools", []):
        for weight in pool.get("weights", {}):
            if weight != "equal" and weight not in (*attributes, *layers, *figures):
                yield f"weight {weight} is not declared"
    for each in policy["classes"]:
        for table, key in (("kinds", "kind"), ("designations", "designation")):
            if key in each and each[key] not in policy.get(table, {}):
                yield f"{key} {each[key]} is not declared"
        for layer, rule in each.get("funding", {}).items():
            if layer not in layers:
                yield f"layer {layer} is not declared"
            if isinstance(rule, dict) and "pool" in rule and rule["pool"] not in pools:
                yield f"pool {rule['pool']} is not declared"


def catalogue():
    """The codes and their severity, or nothing if the catalogue is not at hand."""
    found = dict(re.findall(r'= "([a-z-]+)", (Error|Warning),', CATALOGUE.read_text(encoding="utf-8")))
    if not found:
        raise SystemExit(f"{CATALOGUE} lists no codes")
    return found


def twice(pairs):
    keys = [key for key, _ in pairs]
    double = {key for key in keys if keys.count(key) > 1}
    if double:
        raise ValueError(f"keys that stand twice: {sorted(double)}")
    return dict(pairs)


def main():
    directories = [HERE, *sorted(path for path in GALLERY.iterdir() if path.is_dir()), *map(Path, sys.argv[1:])]
    directories += [Path(part) for part in os.environ.get("FUNDLAYERS_VECTORS", "").split(os.pathsep) if part]
    schema = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
    codes, used, names, wrong, count = catalogue(), set(), {}, [], 0
    for path in [file for directory in directories for file in sorted(directory.glob("*.json"))]:
        if path.name == "schema.json":
            continue
        try:
            document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=twice)
        except (ValueError, UnicodeDecodeError) as error:
            wrong.append(f"{path.name}: {error}")
            continue
        wrong += [f"{path.name}: {problem}" for problem in violations(document, schema, schema)]
        for case in document.get("cases", []) if isinstance(document, dict) else []:
            count += 1
            name = case.get("name")
            where = f"{path.name}: {name}"
            if name in names:
                wrong.append(f"{where}: the name stands in {names[name]} too")
            names[name] = path.name
            expect = case.get("expect", {})
            for kind, severity in (("errors", "Error"), ("warnings", "Warning")):
                for problem in expect.get(kind, []):
                    used.add(problem.get("code"))
                    if codes and codes.get(problem.get("code")) != severity:
                        wrong.append(f"{where}: {problem.get('code')} is no {severity.lower()} of the catalogue")
            if isinstance(case.get("policy"), dict):
                if "errors" not in expect or case["op"] != "policy check":
                    wrong += [f"{where}: {problem}" for problem in implausible(case["policy"])]
                if "roster" not in case and case["op"] != "policy check":
                    wrong.append(f"{where}: a policy of its own has no built-in roster")
            rows = expect.get("rows", [])
            if len({frozenset(row) for row in rows}) > 1:
                wrong.append(f"{where}: its rows do not all give the same keys")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{count} cases in {len(set(names.values()))} files, {len(wrong)} problems")
    if codes:
        print("codes without a case:", ", ".join(code for code in codes if code not in used) or "none")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
