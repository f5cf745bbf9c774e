"""crowd-kit's aggregation: see `bench/aggregation.py`."""

import time
import warnings

import pandas as pd
from answers import answers, megabytes
from crowdkit.aggregation import DawidSkene
from loop import given, tell

warnings.filterwarnings("ignore")
asked = given()
frame = pd.DataFrame(answers(asked), columns=["task", "worker", "label"])
began = time.perf_counter()
model = DawidSkene(n_iter=100, tol=1e-5)
shares = model.fit_predict_proba(frame)
found = (shares.idxmax(axis=1), shares.max(axis=1))
seconds = time.perf_counter() - began
assert len(found[0]) == asked["tasks"]
tell({"seconds": seconds, "megabytes": megabytes(), "rounds": len(model.loss_history_)})
