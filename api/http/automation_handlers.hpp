#pragma once

#include "api/http/api.hpp"

// The endpoints of what starts jobs by itself; as handlers.hpp.

namespace trainyard::http {

asio::awaitable<Reply> post_events(Api& api, Request& request);
asio::awaitable<Reply> get_templates(Api& api, Request& request);
asio::awaitable<Reply> get_template(Api& api, Request& request);
asio::awaitable<Reply> put_template(Api& api, Request& request);
asio::awaitable<Reply> delete_template(Api& api, Request& request);

asio::awaitable<Reply> get_schedules(Api& api, Request& request);
asio::awaitable<Reply> get_schedule(Api& api, Request& request);
asio::awaitable<Reply> put_schedule(Api& api, Request& request);
asio::awaitable<Reply> delete_schedule(Api& api, Request& request);
asio::awaitable<Reply> post_schedule_run(Api& api, Request& request);
asio::awaitable<Reply> post_schedule_pause(Api& api, Request& request);
asio::awaitable<Reply> post_schedule_resume(Api& api, Request& request);
asio::awaitable<Reply> get_schedule_decisions(Api& api, Request& request);

asio::awaitable<Reply> post_pipeline(Api& api, Request& request);
asio::awaitable<Reply> get_pipelines(Api& api, Request& request);
asio::awaitable<Reply> get_pipeline(Api& api, Request& request);
asio::awaitable<Reply> post_pipeline_cancel(Api& api, Request& request);
asio::awaitable<Reply> post_pipeline_retry(Api& api, Request& request);

asio::awaitable<Reply> get_triggers(Api& api, Request& request);
asio::awaitable<Reply> get_trigger(Api& api, Request& request);
asio::awaitable<Reply> put_trigger(Api& api, Request& request);
asio::awaitable<Reply> delete_trigger(Api& api, Request& request);
asio::awaitable<Reply> post_trigger_pause(Api& api, Request& request);
asio::awaitable<Reply> post_trigger_resume(Api& api, Request& request);
asio::awaitable<Reply> get_trigger_decisions(Api& api, Request& request);

}  // namespace trainyard::http
