#pragma once

#include <string>
#include <vector>

namespace trainyard::duckdb {

// Where libduckdb.so may lie, in order of preference: where deploy/setup puts it, beside the
// executable, and, as an empty entry, the system's search path.
std::vector<std::string> default_library_directories();

struct ConnectionOptions {
  std::vector<std::string> library_directories = default_library_directories();
  int memory_limit_mb = 512;
  int threads = 1;  // rows come in file order only with one
};

}  // namespace trainyard::duckdb
