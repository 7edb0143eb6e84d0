"""Where measured series come from, and the plain files in which the programs get them."""

from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "deploy/data/retail_turnover_monthly.csv"
SHIPPED_HORIZON = 18


class Dataset:
    """`meta` has unique_id, frequency, period, horizon and start; `train` and `test` unique_id, ds
    and y. The tests follow the training parts without a gap."""

    def __init__(self, meta, train, test):
        self.meta, self.train, self.test = meta, train, test
        self.past = {key: group.y.to_numpy(float)
                     for key, group in train.groupby("unique_id", sort=False)}
        self.future = {key: group.y.to_numpy(float)
                       for key, group in test.groupby("unique_id", sort=False)}

    def keep(self, rows):
        meta = self.meta[rows]
        kept = set(meta.unique_id)
        return Dataset(meta, self.train[self.train.unique_id.isin(kept)],
                       self.test[self.test.unique_id.isin(kept)])

    def sample(self, per_frequency):
        """That many series of each frequency, evenly spread; all of them when it is None."""
        if per_frequency is None:
            return self
        place = self.meta.groupby("frequency").cumcount()
        size = self.meta.groupby("frequency").unique_id.transform("size")
        wanted = np.minimum(per_frequency, size)
        return self.keep(place * wanted // size != (place - 1) * wanted // size)

    def only(self, frequencies):
        """The series of these frequencies; all of them when it is None."""
        if frequencies is None:
            return self
        return self.keep(self.meta.frequency.isin(frequencies))

    def at_origin(self, origin, length_min=8):
        """As it was `origin` horizons before the end of the training part, so that methods can be
        compared without a look at the test part. Series too short for that are left out."""
        if origin == 0:
            return self
        horizons = self.train.unique_id.map(self.meta.set_index("unique_id").horizon)
        left = self.train.groupby("unique_id", sort=False).cumcount(ascending=False)
        size = self.train.groupby("unique_id").unique_id.transform("size")
        long_enough = size - origin * horizons >= length_min
        train = self.train[long_enough & (left >= origin * horizons)]
        test = self.train[long_enough & (left < origin * horizons)
                          & (left >= (origin - 1) * horizons)]
        return Dataset(self.meta[self.meta.unique_id.isin(set(train.unique_id))], train, test)

    def write(self, directory):
        """The files that ours and the peers read: (meta, values)."""
        meta, values = Path(directory) / "meta.csv", Path(directory) / "train.csv"
        self.meta[["unique_id", "frequency", "period", "horizon", "start"]].to_csv(
            meta, index=False)
        self.train[["unique_id", "ds", "y"]].to_csv(values, index=False)
        return meta, values


def load(prefix):
    """PREFIX_meta.csv, PREFIX_train.csv.gz and PREFIX_test.csv.gz, or the data that comes with
    Trainyard when no prefix is given."""
    if prefix is not None:
        return Dataset(pd.read_csv(f"{prefix}_meta.csv", keep_default_na=False),
                       pd.read_csv(f"{prefix}_train.csv.gz"), pd.read_csv(f"{prefix}_test.csv.gz"))
    rows = pd.read_csv(SHIPPED)
    left = rows.groupby("unique_id", sort=False).cumcount(ascending=False)
    meta = rows.groupby("unique_id", sort=False).ds.first().rename("start").reset_index()
    meta = meta.assign(frequency="Monthly", period=12, horizon=SHIPPED_HORIZON)
    return Dataset(meta, rows[left >= SHIPPED_HORIZON], rows[left < SHIPPED_HORIZON])
