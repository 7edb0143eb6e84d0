#include "loadtest/client/connection.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <sys/epoll.h>
#include <vector>

// Sends no-op jobs, create-and-submit in one request, over keep-alive connections from one thread,
// and prints when it began and how many a second were accepted, as JSON.

namespace trainyard::loadtest {
namespace {

struct Options {
  std::uint16_t port = 8080;
  int connections = 16;
  int jobs = 20'000;
  int per_request = 1;
  std::string key;  // of the jobs; empty: none
};

std::string body_of(const Options& options) {
  const auto job =
      options.key.empty()
          ? std::string(R"({"config":{"drill":"noop"}})")
          : fmt::format(R"({{"config":{{"drill":"noop"}},"options":{{"key":"{}"}}}})", options.key);
  if (options.per_request == 1) return job;
  std::string body = R"({"submit":true,"jobs":[)";
  for (int i = 0; i < options.per_request; ++i) {
    if (i > 0) body += ',';
    body += job;
  }
  return body + "]}";
}

std::string request_of(const Options& options) {
  const auto body = body_of(options);
  const auto* path = options.per_request == 1 ? "/api/v2/jobs?submit=true" : "/api/v2/jobs/bulk";
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      path, options.port, body.size(), body);
}

int run(const Options& options) {
  const auto request = request_of(options);
  const int requests = options.jobs / options.per_request;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < options.connections; ++i) {
    connections.push_back(std::make_unique<Connection>(options.port, request));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = connections.back().get()}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, connections.back()->descriptor(), &event);
  }

  const auto began = std::chrono::system_clock::now();
  const auto clock = std::chrono::steady_clock::now();
  int sent = 0;
  for (auto& connection : connections) {
    if (sent++ < requests) connection->send();
  }
  std::vector<epoll_event> events(connections.size());
  for (int answered = 0; answered < requests;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      auto& connection = *static_cast<Connection*>(events[i].data.ptr);
      const int status = connection.receive();
      if (status == 0) continue;
      if (status / 100 != 2) {
        fmt::print(stderr, "refused with {}: {}\n", status, connection.body());
        return 1;
      }
      ++answered;
      if (sent++ < requests) connection.send();
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - clock;
  fmt::print(R"({{"began_at": {}, "accepted": {}, "accepted_per_second": {:.0f}}})"
             "\n",
             std::chrono::duration<double>(began.time_since_epoch()).count(),
             requests * options.per_request, requests * options.per_request / elapsed.count());
  return 0;
}

}  // namespace
}  // namespace trainyard::loadtest

int main(int argc, char** argv) {
  trainyard::loadtest::Options options;
  CLI::App app("Load client for the Trainyard API");
  app.add_option("--port", options.port)->required();
  app.add_option("--connections", options.connections);
  app.add_option("--jobs", options.jobs);
  app.add_option("--per-request", options.per_request);
  app.add_option("--key", options.key);
  CLI11_PARSE(app, argc, argv);
  return trainyard::loadtest::run(options);
}
