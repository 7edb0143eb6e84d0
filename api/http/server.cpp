#include "api/http/server.hpp"

#include "api/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <ctime>
#include <list>
#include <thread>

namespace trainyard::http {
namespace {

using asio::ip::tcp;
constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

}  // namespace

class Server::Core {
 public:
  Core(log::Log log, ServerOptions options, std::span<const Route> routes, Api& api,
       UpgradeHandler* upgrade)
      : log_(std::move(log)),
        options_(std::move(options)),
        context_{.log = log_,
                 .options = options_,
                 .routes = routes,
                 .api = api,
                 .upgrade = upgrade,
                 .date = http_date()},
        acceptor_(io_),
        tick_(io_) {}

  void start() {
    const tcp::endpoint endpoint(asio::ip::make_address(options_.host), options_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    if (context_.upgrade != nullptr) context_.upgrade->attach(io_.get_executor());
    asio::co_spawn(io_, accept_connections(), asio::detached);
    asio::co_spawn(io_, look_after_connections(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { drain(); });
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

 private:
  asio::awaitable<void> accept_connections() {
    while (!context_.draining) {
      auto [error, socket] = co_await acceptor_.async_accept(as_value);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        // Out of file descriptors or memory: accepting again at once would spin.
        log_.error("cannot accept connections", {{"error", error.message()}});
        asio::steady_timer pause(io_, std::chrono::milliseconds(100));
        co_await pause.async_wait(as_value);
        continue;
      }
      if (connections_.size() >= options_.connections_max) {
        boost::system::error_code ignored;
        socket.write_some(asio::buffer(too_many), ignored);
        continue;
      }
      socket.set_option(tcp::no_delay(true));
      asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    const auto self = connections_.emplace(connections_.end(), context_, std::move(socket));
    co_await self->run();
    connections_.erase(self);
    if (context_.draining && connections_.empty()) tick_.cancel();
  }

  asio::awaitable<void> look_after_connections() {
    while (!(context_.draining && connections_.empty())) {
      tick_.expires_after(std::chrono::seconds(1));
      co_await tick_.async_wait(as_value);
      context_.date = http_date();
      const auto now = std::chrono::steady_clock::now();
      for (auto& connection : connections_) {
        const bool overdue = context_.draining && now >= drain_until_;
        if (overdue || now >= connection.deadline()) connection.close();
      }
    }
  }

  void drain() {
    context_.draining = true;
    drain_until_ = std::chrono::steady_clock::now() + options_.drain_max;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    if (context_.upgrade != nullptr) context_.upgrade->close_all();
    for (auto& connection : connections_) {
      if (connection.is_idle()) connection.close();
    }
    tick_.cancel();
  }

  log::Log log_;
  ServerOptions options_;
  ServerContext context_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer tick_;
  std::list<Connection> connections_;
  std::chrono::steady_clock::time_point drain_until_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Server::Server(log::Log log, ServerOptions options, std::span<const Route> routes, Api& api,
               UpgradeHandler* upgrade)
    : core_(std::make_unique<Core>(std::move(log), std::move(options), routes, api, upgrade)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  core_->start();
}
void Server::stop() {
  core_->stop();
}
std::uint16_t Server::port() const {
  return core_->port();
}

}  // namespace trainyard::http
