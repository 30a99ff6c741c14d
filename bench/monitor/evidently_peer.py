"""Drift of columns between two Parquet files by Evidently's preset with its defaults. Prints what it cost as JSON."""

import json
import math
import re
import resource
import sys
import time
from importlib.metadata import version

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

plan = json.loads(sys.argv[1])
start = time.perf_counter()
columns = DataDefinition(numerical_columns=plan["numbers"], categorical_columns=plan["levels"])
reference, current = (
    Dataset.from_pandas(pd.read_parquet(plan[name]), data_definition=columns) for name in ("reference", "current")
)
found = Report([DataDriftPreset()]).run(current, reference).dict()
total = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
cost = {"total": total, "cpu": used.ru_utime + used.ru_stime, "peakMb": peak / 1024}
# Of columns whose levels all have a bin of ours, too. Its Jensen-Shannon distance is to base e, ours to base 2.
levels = pd.read_parquet(plan["reference"], columns=plan["levels"]).nunique()
values = {}
for metric in found["metrics"]:
    column, method = metric["config"].get("column"), metric["config"].get("method", "")
    if method.startswith("Wasserstein"):
        values[column] = {"wasserstein": float(metric["value"])}
    elif method.startswith("Jensen-Shannon") and levels[column] <= 50:
        values[column] = {"jensenShannon": float(metric["value"]) / math.sqrt(math.log(2))}
print(json.dumps({**cost, "version": version("evidently"), "columns": values}))
