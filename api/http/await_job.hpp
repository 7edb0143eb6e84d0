#pragma once

#include "api/http/api.hpp"

namespace trainyard::http {

// The caller's own job once it has ended. Listens for its news, and looks again now and then for
// news that got lost. Failures, which name the job: deadline after api.train_wait, unavailable when
// the server stops or nobody tells news; the job goes on in either case.
asio::awaitable<std::expected<domain::Job, Failure>> await_end(Api& api,
                                                               const service::Caller& caller,
                                                               JobId id);

}  // namespace trainyard::http
