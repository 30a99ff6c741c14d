"""Evidently's default judgement of windows. Standard input: JSON {file, kinds, baselineRows, rows, windows}; the file
holds float64 values, NaN for missing, column after column, of the baseline and then of each window. Standard output:
JSON {version, found: [[column number, ...] a window]}.

The tests and thresholds are Evidently's own: what its DataDriftPreset runs for a column without settings, without the
pictures that make up most of its time."""

import json
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests.registry import get_stattest
from evidently.legacy.core import ColumnType

plan = json.load(sys.stdin)
kinds = [ColumnType.Numerical if kind == "number" else ColumnType.Categorical for kind in plan["kinds"]]
values = np.fromfile(plan["file"])


def columns(start, rows):
    return [pd.Series(values[start + i * rows : start + (i + 1) * rows]).dropna() for i in range(len(kinds))]


def drifted(reference, current, kind):
    return bool(get_stattest(reference, current, kind, None)(reference, current, kind, None).drifted)


baseline = columns(0, plan["baselineRows"])
found = []
for window in range(plan["windows"]):
    start = len(kinds) * (plan["baselineRows"] + window * plan["rows"])
    current = columns(start, plan["rows"])
    found.append([i for i, kind in enumerate(kinds) if drifted(baseline[i], current[i], kind)])
print(json.dumps({"version": version("evidently"), "found": found}))
