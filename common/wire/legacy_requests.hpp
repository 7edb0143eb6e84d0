#pragma once

#include "common/wire/api_requests.hpp"

// The bodies of the endpoints of before v2: a flat object of what is a config's today, with the
// rows in `data`. Rows of one segment need not say so: a `segment_id` without `segment_col` is
// theirs. Errors as api_requests.hpp.

namespace trainyard::wire {

// {"data": […], "time_col", "target_col", "covariates", "horizon", "frequency", "models",
// "segment_id", …}
Result<JobRequest> parse_train_request(std::string_view body);

// The same with `segments`: their names, or objects whose segment_id is the name and whose other
// members say nothing here. None: those of the data.
Result<BatchRequest> parse_train_batch_request(std::string_view body);

}  // namespace trainyard::wire
