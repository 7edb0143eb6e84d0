"""Writes theta_air_passengers.csv: what statsforecast's theta models forecast for AirPassengers.
Run: python theta_air_passengers.py > theta_air_passengers.csv (pip install statsforecast)"""

import numpy as np
import statsforecast
from statsforecast.theta import auto_theta, forecast_theta
from statsforecast.utils import AirPassengers

print(f"# statsforecast {statsforecast.__version__}; 12 steps")
print("form,season,alpha,mean")
y = np.asarray(AirPassengers, dtype=np.float64)
for form in ["STM", "OTM", "DSTM", "DOTM"]:
    for season in [1, 12]:
        fit = auto_theta(y, m=season, model=form)
        mean = forecast_theta(fit, 12)["mean"]
        numbers = " ".join(f"{v:.10g}" for v in mean)
        print(f"{form},{season},{fit['par']['alpha']:.10g},{numbers}")
