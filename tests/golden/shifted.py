"""Reference values for columns whose means are far from zero: writes shifted.json beside it (python3 with mpmath).

Tables are decimals, so that what is dependent is dependent exactly: everything is computed with 60 digits from the decimals, and a
solution that reads them as 64-bit floats is off by what that loses, which the tolerance of a case allows and no more.
"""

import json
import pathlib

import mpmath

mpmath.mp.dps = 60


def noise(seed):
    """Decimals with three places between -1.5 and 1.5, by a linear congruence."""
    state = seed
    while True:
        state = (1103515245 * state + 12345) % 2**31
        yield mpmath.mpf(state // 2**11 % 3001 - 1500) / 1000


def table(rows, columns, seed, shift):
    draw = noise(seed)
    return [[mpmath.mpf(shift) + next(draw) for _ in range(columns)] for _ in range(rows)]



def centred(x):
    means = [mpmath.fsum(column) / len(x) for column in zip(*x)]
    return mpmath.matrix([[entry - mean for entry, mean in zip(row, means)] for row in x]), means


def pseudo_inverse(x):
    """Of a centred matrix, by the eigenvectors of its Gram matrix; and its rank."""
    values, vectors = mpmath.eigsy(x.T * x)
    kept = [k for k in range(len(values)) if values[k] > max(values) * mpmath.mpf(10) ** -40]
    inverse = mpmath.matrix(x.cols, x.cols)
    for k in kept:
        inverse += vectors[:, k] * vectors[:, k].T / values[k]
    return inverse * x.T, len(kept)


def fit(x, y, queries, penalty):
    c, means = centred(x)
    target_mean = mpmath.fsum(y) / len(y)
    deviations = mpmath.matrix([value - target_mean for value in y])
    if penalty == 0:
        solver, _ = pseudo_inverse(c)
    else:
        solver = mpmath.inverse(c.T * c + penalty * mpmath.eye(c.cols)) * c.T
    beta = solver * deviations
    hat = c * solver
    intercept = target_mean - mpmath.fsum(mean * b for mean, b in zip(means, beta))
    predict = lambda rows: [[float(intercept + mpmath.fsum(entry * b for entry, b in zip(row, beta)))] for row in rows]
    leverages = [hat[i, i] + mpmath.mpf(1) / len(x) for i in range(len(x))]
    return {
        "lam": float(penalty),
        "fit_intercept": True,
        "coef": [[float(b)] for b in beta],
        "fitted": predict(x),
        "leverages": [float(leverage) for leverage in leverages],
        "dof": float(mpmath.fsum(leverages)),
        "predict_query": predict(queries),
    }


def zca(x):
    c, _ = centred(x)
    values, vectors = mpmath.eigsy(c.T * c / len(x))
    root = mpmath.matrix(c.cols, c.cols)
    for k in range(len(values)):
        if values[k] > max(values) * mpmath.mpf(10) ** -40:
            root += vectors[:, k] * vectors[:, k].T / mpmath.sqrt(values[k])
    rows = lambda m: [[float(m[i, j]) for j in range(m.cols)] for i in range(m.rows)]
    return {"eps": 0.0, "zca": rows(root), "zca_whitened": rows(c * root)}


def case(name, description, x, queries, tolerance, seed=99):
    draw = noise(seed)
    y = [mpmath.fsum(row[:2]) - x[0][0] - x[0][1] + next(draw) for row in x]
    floats = lambda rows: [[float(entry) for entry in row] for row in rows]
    return {
        "id": name,
        "description": description,
        "suggested_relative_tolerance": tolerance,
        "whitening_relative_tolerance": tolerance,
        "input": {"X": floats(x), "Y": [[float(value)] for value in y], "X_query": floats(queries)},
        "expected": {
            "rank_centred": pseudo_inverse(centred(x)[0])[1],
            "ridge": [fit(x, y, queries, mpmath.mpf(penalty)) for penalty in ("0", "1e-20", "0.001", "10")],
            "whitening": zca(x),
        },
    }


def with_sum(x):
    return [row + [row[0] + row[1]] for row in x]


def calendar(rows, first):
    dates = [(first + 7 * i % 23, mpmath.mpf(5 * i % 12)) for i in range(rows)]
    return [[mpmath.mpf(year), month, year + month / 4] for year, month in dates]


cases = [
    case("few_rows", "12x12 around 300, so that 11 directions are all there are", table(12, 12, 1, 300), table(5, 12, 2, 300), 1e-9),
    case("wide", "6x9 around a million", table(6, 9, 3, 10**6), table(4, 9, 4, 10**6), 1e-6),
    case("sums", "9x3 around 1000, the third column is the sum of the others", with_sum(table(9, 2, 5, 1000)), with_sum(table(4, 2, 6, 1000)), 1e-9),
    case("calendar", "14x3: year, month, and both in one number", calendar(14, 1990), calendar(5, 2003), 1e-9),
    case("far", "20x3, a hundred million deviations away", table(20, 3, 7, 10**8), table(5, 3, 8, 10**8), 1e-5),
]
about = "Columns far from zero; made by shifted.py beside it. Expected values are those of the decimals, with 60 digits."
place = pathlib.Path(__file__).with_suffix(".json")
place.write_text(json.dumps({"about": about, "cases": cases}, indent=1) + "\n")
