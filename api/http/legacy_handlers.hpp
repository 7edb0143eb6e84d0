#pragma once

#include "api/http/api.hpp"

// The endpoints of before v2; as handlers.hpp.

namespace trainyard::http {

asio::awaitable<Reply> post_train(Api& api, Request& request);
asio::awaitable<Reply> post_train_serverless(Api& api, Request& request);
asio::awaitable<Reply> post_train_batch_serverless(Api& api, Request& request);
asio::awaitable<Reply> get_job_status(Api& api, Request& request);
asio::awaitable<Reply> get_batch_status(Api& api, Request& request);

}  // namespace trainyard::http
