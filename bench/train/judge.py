"""Scores rows that no model was trained on by each model file, and prints log loss and AUC of each as JSON."""

import json
import sys

import numpy
import pandas
import xgboost

plan = json.loads(sys.argv[1])
frame = pandas.read_parquet(plan["data"])
labels = frame[plan["label"]].to_numpy()
matrix = xgboost.DMatrix(frame[plan["features"]])


def judge(path):
    scores = xgboost.Booster(model_file=path).predict(matrix).astype(numpy.float64)
    loss = -numpy.log(numpy.where(labels == 1, scores, 1 - scores)).mean()
    positives = int(labels.sum())
    ranks = pandas.Series(scores).rank().to_numpy()  # midranks: ties count half
    above = ranks[labels == 1].sum() - positives * (positives + 1) / 2
    return scores, {"logLoss": loss, "auc": above / (positives * (len(labels) - positives))}


(ours, our_figures), (theirs, their_figures) = judge(plan["ours"]), judge(plan["theirs"])
difference = float(numpy.abs(ours - theirs).max())
print(json.dumps({"ours": our_figures, "theirs": their_figures, "difference": difference}))
