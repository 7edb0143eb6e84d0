"""Writes ces_air_passengers.csv: the parameters that statsforecast's Complex Exponential Smoothing
finds for AirPassengers in each form, and the sum of squares and forecasts that follow from them.
Run: python ces_air_passengers.py > ces_air_passengers.csv (pip install statsforecast)"""

import numpy as np
import statsforecast
from statsforecast.ces import auto_ces, forecast_ces
from statsforecast.utils import AirPassengers

print(f"# statsforecast {statsforecast.__version__}; 24 steps")
print("form,alpha0,alpha1,beta0,beta1,squares,mean")
y = np.asarray(AirPassengers, dtype=np.float64)
for form in "NSPF":
    fit = auto_ces(y, m=12, model=form)
    names = ["alpha_0", "alpha_1", "beta_0", "beta_1"]
    values = np.nan_to_num([fit["par"][name] for name in names])
    mean = forecast_ces(fit, 24)["mean"]
    numbers = [*values, np.sum(fit["residuals"] ** 2)]
    print(form, *(f"{v:.15g}" for v in numbers), " ".join(f"{v:.10g}" for v in mean), sep=",")
