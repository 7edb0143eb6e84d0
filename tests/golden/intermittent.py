"""Writes intermittent.csv: what statsforecast forecasts for a short intermittent series, and for
one that is all demand.
Run: python intermittent.py > intermittent.csv (pip install statsforecast)"""

import numpy as np
import statsforecast
from statsforecast.models import TSB, CrostonClassic, CrostonSBA

series = {
    "rare": [0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 7, 0, 0, 0, 0, 4, 1, 0, 0, 6, 0, 0, 0],
    "steady": [4, 6, 5, 7, 3, 8, 5, 6, 4, 5, 7, 6],
}
models = {
    "croston": CrostonClassic(),
    "sba": CrostonSBA(),
    "tsb": TSB(alpha_d=0.1, alpha_p=0.1),
}
print(f"# statsforecast {statsforecast.__version__}; alpha and beta 0.1")
print("series,model,mean,y")
for name, values in series.items():
    y = np.array(values, dtype=np.float64)
    for model, method in models.items():
        mean = method.forecast(y=y, h=1)["mean"][0]
        print(f"{name},{model},{mean:.15g},{' '.join(map(str, values))}")
