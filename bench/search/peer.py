"""The peer: Optuna over Python XGBoost on the same matrix. Reads {matrix, seed, plan} from stdin, prints JSON."""

import json
import sys
import time

import optuna
import pandas
import xgboost
from sklearn.metrics import roc_auc_score

NAMES = {
    "learningRate": "eta",
    "maxDepth": "max_depth",
    "minChildWeight": "min_child_weight",
    "subsample": "subsample",
    "columnSample": "colsample_bytree",
    "lambda": "lambda",
    "alpha": "alpha",
    "gamma": "gamma",
}


class Report(xgboost.callback.TrainingCallback):
    """Tells Optuna each round's metric and stops where it says so."""

    def __init__(self, trial):
        super().__init__()
        self.trial = trial

    def after_iteration(self, model, epoch, evals_log):
        self.trial.report(evals_log["validation"]["auc"][-1], epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned()
        return False


def main():
    given = json.load(sys.stdin)
    plan = given["plan"]
    frame = pandas.read_parquet(given["matrix"])
    names = [name for name in frame.columns if name not in ("part", "label")]
    kinds = ["c" if name in given["categorical"] else "q" for name in names]

    def matrix(parts, reference=None):
        rows = frame[frame["part"].isin(parts)]
        return xgboost.QuantileDMatrix(
            rows[names].to_numpy(),
            rows["label"].to_numpy(),
            feature_names=names,
            feature_types=kinds,
            enable_categorical=True,
            nthread=plan["threads"],
            ref=reference,
        )

    fixed = {
        "objective": "binary:logistic",
        "eval_metric": "auc",
        "tree_method": "hist",
        "seed": plan["seed"],
        "nthread": plan["threads"],
    }
    train = matrix(["train"])
    validation = matrix(["validation"], train)

    def suggest(trial, name, space):
        if space["kind"] == "int":
            return trial.suggest_int(name, space["low"], space["high"], log=space.get("log", False))
        return trial.suggest_float(name, space["low"], space["high"], log=space.get("log", False))

    def objective(trial):
        chosen = {NAMES[name]: suggest(trial, name, space) for name, space in plan["space"].items()}
        booster = xgboost.train(
            fixed | chosen,
            train,
            plan["rounds"],
            evals=[(validation, "validation")],
            early_stopping_rounds=plan["earlyStop"],
            verbose_eval=False,
            callbacks=[Report(trial)],
        )
        trial.set_user_attr("rounds", booster.best_iteration + 1)
        return booster.best_score

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    prune = plan["prune"]
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=given["seed"]),
        pruner=optuna.pruners.MedianPruner(
            n_startup_trials=prune["startupTrials"],
            n_warmup_steps=prune["warmupRounds"],
            interval_steps=prune["everyRounds"],
        ),
    )
    study.enqueue_trial(plan["own"])
    started = time.perf_counter()
    study.optimize(objective, n_trials=plan["trials"])
    seconds = time.perf_counter() - started

    best = study.best_trial
    chosen = {NAMES[name]: value for name, value in best.params.items()}
    booster = xgboost.train(fixed | chosen, matrix(["train", "validation"]), best.user_attrs["rounds"])
    september = frame[frame["part"] == "september"]
    scores = booster.inplace_predict(september[names].to_numpy())
    found = {
        "validation": best.value,
        "september": float(roc_auc_score(september["label"], scores)),
        "seconds": seconds,
        "pruned": sum(t.state == optuna.trial.TrialState.PRUNED for t in study.trials),
        "parameters": best.params,
        "rounds": best.user_attrs["rounds"],
    }
    print(json.dumps({"optuna": optuna.__version__, "xgboost": xgboost.__version__, "found": found}))


main()
