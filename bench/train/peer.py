"""From a Parquet file to a saved model, as a data scientist does it. Prints what it cost as JSON."""

import json
import re
import resource
import sys
import time

import pandas
import xgboost

plan = json.loads(sys.argv[1])
rounds_done = []


class Clock(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        rounds_done.append(time.perf_counter())
        return False


start = time.perf_counter()
frame = pandas.read_parquet(plan["data"], columns=[plan["label"], *plan["features"]])
labels = frame.pop(plan["label"])
matrix = xgboost.QuantileDMatrix(frame, label=labels, nthread=plan["threads"])
parameters = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": plan["maxDepth"],
    "eta": plan["learningRate"],
    "nthread": plan["threads"],
    "seed": plan["seed"],
}
booster = xgboost.train(parameters, matrix, num_boost_round=plan["rounds"], callbacks=[Clock()])
booster.save_model(plan["model"])
saved = time.perf_counter()
used = resource.getrusage(resource.RUSAGE_SELF)

with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
print(
    json.dumps(
        {
            "cpu": used.ru_utime + used.ru_stime,
            "loop": rounds_done[-1] - rounds_done[0],
            "total": saved - start,
            "peakMb": peak / 1024,
            "version": xgboost.__version__,
        }
    )
)
