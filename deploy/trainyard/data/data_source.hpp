#pragma once

#include "common/config/settings.hpp"
#include "common/ports/data_source.hpp"

#include <memory>

namespace trainyard {

// Files and Delta tables of this machine and of buckets. What is fetched or written out is kept in
// the data directory's cache.
std::shared_ptr<ports::DataSource> make_data_source(const config::Settings& settings);

}  // namespace trainyard
