# Python's jsonschema as a judge, in one process: reads {"schemas": […], "cases": [[id, instance], …]} and writes a list of true and false.
import json
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft202012Validator, RefResolver  # noqa: E402

asked = json.load(sys.stdin)
store = {schema["$id"]: schema for schema in asked["schemas"]}
judges = {}


def judge_of(name):
    if name not in judges:
        judges[name] = Draft202012Validator({"$ref": name}, resolver=RefResolver("", {}, store=store))
    return judges[name]


json.dump([judge_of(name).is_valid(instance) for name, instance in asked["cases"]], sys.stdout)
