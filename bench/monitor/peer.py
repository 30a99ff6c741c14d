"""Drift of columns between two Parquet files, as a data scientist computes it. Prints what it cost, and found, as JSON.

PSI, chi-square and Jensen-Shannon over the bins that ours has: deciles of the reference, a value of two deciles or more
in a bin of its own, missing in another; the 50 most frequent levels, and the others."""

import json
import re
import resource
import sys
import time

import numpy as np
import pandas as pd
import scipy
from scipy import stats
from scipy.spatial import distance

plan = json.loads(sys.argv[1])


def cuts_of(reference):
    deciles = np.quantile(reference, np.arange(1, 10) / 10, method="inverted_cdf")
    values, times = np.unique(deciles, return_counts=True)
    return np.unique(np.concatenate([values, np.nextafter(values[times > 1], -np.inf)]))


def number_counts(column, cuts):
    there = column.to_numpy()[column.notna().to_numpy()]
    counts = np.bincount(np.searchsorted(cuts, there, side="left"), minlength=len(cuts) + 1)
    return np.append(counts, len(column) - len(there))


def level_counts(column, levels):
    counts = column.value_counts()
    kept = counts.reindex(levels, fill_value=0).to_numpy()
    return np.append(kept, [counts.sum() - kept.sum(), column.isna().sum()])


def compare(before, after):
    expected, actual = before / before.sum(), after / after.sum()
    e, a = np.maximum(expected, 1e-4), np.maximum(actual, 1e-4)
    table = np.array([before, after])
    there = table[:, table.sum(axis=0) > 0]
    return {
        "psi": float(np.sum((a - e) * np.log(a / e))),
        "jensenShannon": float(distance.jensenshannon(expected, actual, base=2)),
        "chiSquare": float(stats.chi2_contingency(there, correction=False).statistic),
    }


def drift(reference, current):
    if reference.dtype == object or isinstance(reference.dtype, pd.StringDtype):
        # Of levels as frequent, the first by name: as ours.
        levels = reference.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:50]
        return compare(level_counts(reference, levels), level_counts(current, levels))
    before, after = reference.dropna(), current.dropna()
    cuts = cuts_of(before.to_numpy())
    bins = number_counts(reference, cuts), number_counts(current, cuts)
    shares = [np.cumsum(counts[:-1]) / counts[:-1].sum() for counts in bins]
    return {
        **compare(*bins),
        "kolmogorovSmirnov": float(stats.ks_2samp(before, after).statistic),
        "kolmogorovSmirnovAtCuts": float(np.max(np.abs(shares[0] - shares[1]))),
        "wasserstein": float(stats.wasserstein_distance(before, after) / np.std(before)),
    }


start = time.perf_counter()
reference, current = pd.read_parquet(plan["reference"]), pd.read_parquet(plan["current"])
columns = {name: drift(reference[name], current[name]) for name in reference.columns}
total = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
cost = {"total": total, "cpu": used.ru_utime + used.ru_stime, "peakMb": peak / 1024}
print(json.dumps({**cost, "version": f"{pd.__version__} + {scipy.__version__}", "columns": columns}))
