"""``python -m tests.sklearn.own_checks 'NNClassifier()'``: scikit-learn's checks, as JSON."""

import json
import sys
import warnings

from sklearn.utils.estimator_checks import check_estimator

from nntrain.sklearn import NNClassifier

warnings.simplefilter("ignore")  # scikit-learn's own: of checks for attributes it may deprecate
estimator = eval(sys.argv[1], {"NNClassifier": NNClassifier})
for one in check_estimator(estimator, on_skip=None, on_fail=None):
    row = {"check": one["check_name"], "status": one["status"], "reason": str(one["exception"])}
    print(json.dumps(row))
