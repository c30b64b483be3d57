#!/usr/bin/env python3
"""The environment of each step of GitHub workflows that starts `claude`, by PyYAML and a model of its own.

Workflow, job and step `env`: the step wins; what a step writes to $GITHUB_ENV counts above workflow and job in the steps
behind it. Prints {file: {step: {NAME: value}}}.
"""
import json
import pathlib
import re
import sys

import yaml

WRITES = re.compile(r'^\s*echo "?(\w+)=(.*?)"? >> "?\$GITHUB_ENV"?$', re.M)


def text(value):
    return "" if value is None else str(value)


def steps(workflow):
    for name, job in workflow["jobs"].items():
        written = {}
        for index, step in enumerate(job["steps"]):
            environment = {**workflow.get("env", {}), **job.get("env", {}), **written, **step.get("env", {})}
            run = step.get("run", "")
            if re.search(r"^\s*claude", run, re.M):
                found = {key: text(value) for key, value in environment.items() if key.startswith(("ANTHROPIC", "CLAUDE"))}
                yield f"jobs.{name}.steps[{index}]", found
            written.update(WRITES.findall(run))


found = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yml")):
    # BaseLoader: every scalar is its text, and `on` is no boolean.
    found[path.name] = dict(steps(yaml.load(path.read_text(), yaml.BaseLoader)))
json.dump(found, sys.stdout)
