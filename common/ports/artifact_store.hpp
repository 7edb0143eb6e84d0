#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

namespace trainyard::ports {

// Named blobs: models, forecasts, cached fits. A name is a relative path of [A-Za-z0-9._-] parts
// ("jobs/<id>.7/model.json"); anything else is invalid_argument. Writing is atomic: a reader sees
// all of a blob or none. Thread-safe, also between processes.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  virtual Result<std::string> put(std::string_view name, std::string_view bytes) = 0;  // its URI
  virtual Result<std::string> get(std::string_view name) = 0;                          // not_found
  virtual Result<void> remove_all(std::string_view prefix) = 0;
};

}  // namespace trainyard::ports
