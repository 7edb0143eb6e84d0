"""Writes mstl_air_passengers.csv: what statsforecast's mstl (with statsmodels' STL) makes of
AirPassengers, with the season of 12, and with seasons of 4 and 12.
Run: python mstl_air_passengers.py > mstl_air_passengers.csv (pip install statsforecast)"""

import numpy as np
import statsforecast
import statsmodels
from statsforecast.mstl import mstl
from statsforecast.utils import AirPassengers

print(f"# statsforecast {statsforecast.__version__}, statsmodels {statsmodels.__version__}")
print("trend,season12,both_trend,both_season4,both_season12")
y = np.asarray(AirPassengers, dtype=np.float64)
one, both = mstl(y, 12), mstl(y, [4, 12])
columns = [one.trend, one.seasonal, both.trend, both.seasonal4, both.seasonal12]
for row in zip(*columns):
    print(",".join(f"{value:.12g}" for value in row))
