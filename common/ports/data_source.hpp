#pragma once

#include "common/base/error.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace trainyard::ports {

// Brings what a data_path names onto this machine, as one file that a TableReader reads: a local
// file as it is, an object of a bucket fetched, the rows of a Delta table's version written out.
// What was brought stays for a while, and is brought once for all processes. Thread-safe.
//
// Errors, all with data_path as the field: not_found, forbidden, too_large, invalid_argument (a
// table that uses what cannot be read), corrupt_data, unavailable, cancelled.
class DataSource {
 public:
  virtual ~DataSource() = default;

  // `on_piece` is called again and again while data is on its way, on this thread.
  virtual Result<std::string> bring(const std::string& path, const std::function<void()>& on_piece,
                                    std::stop_token stop) = 0;
};

}  // namespace trainyard::ports
