"""What crowd-kit makes of the crowds: run by hand in an environment that has it, and prints `vectors.json`.

python -m venv DIR && DIR/bin/pip install crowd-kit==1.4.2
DIR/bin/python tests/parity/toloka/crowdkit/record.py > tests/parity/toloka/crowdkit/vectors.json
"""

import datetime as dt
import importlib.metadata
import json
import sys
import warnings

import pandas as pd
from crowdkit.aggregation import DawidSkene, MajorityVote
from crowds import CROWDS, crowd

warnings.filterwarnings("ignore")
ROUNDS_MAX, TOLERANCE = 100, 1e-5
DIGITS = 9


def recorded(name):
    answers, truth = crowd(CROWDS[name])
    frame = pd.DataFrame(answers, columns=["task", "worker", "label"])
    model = DawidSkene(n_iter=ROUNDS_MAX, tol=TOLERANCE)
    shares = model.fit_predict_proba(frame).sort_index()
    shares = shares[sorted(shares.columns)]
    vote = MajorityVote().fit_predict(frame).sort_index()
    return {
        "rounds": len(model.loss_history_),
        "labels": [int(label) for label in shares.idxmax(axis=1)],
        "confidences": [round(float(share), DIGITS) for share in shares.max(axis=1)],
        "first_label": [round(float(share), DIGITS) for share in shares[shares.columns[0]]],
        "majority_accuracy": float((vote == pd.Series(truth)).mean()),
    }


names = ("crowd-kit", "pandas", "numpy")
told = {
    "recorded": dt.datetime.now(dt.UTC).date().isoformat(),
    "python": sys.version.split()[0],
    "with": {name: importlib.metadata.version(name) for name in names},
    "crowds": {name: recorded(name) for name in CROWDS},
}
lines = [f"{json.dumps(key)}: {json.dumps(told[key])}," for key in ("recorded", "python", "with")]
rows = [f"{json.dumps(name)}: {json.dumps(it)}" for name, it in told["crowds"].items()]
sys.stdout.write("\n".join(["{", *lines, '"crowds": {', ",\n".join(rows), "}}", ""]))
