"""Drift of columns between two Parquet files by Evidently's preset with its defaults. Prints what it cost as JSON."""

import json
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
print(json.dumps({**cost, "version": version("evidently"), "columns": {}, "metrics": len(found["metrics"])}))
