#pragma once

#include "api/http/live_feed.hpp"
#include "api/http/offload_pool.hpp"
#include "api/http/upgrade.hpp"
#include "api/notifier/news_sink.hpp"
#include "api/notifier/subscription_hub.hpp"
#include "common/log/log.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace trainyard::notifier {

struct LiveOptions {
  SubscriptionHub::Options hub;
  std::size_t message_bytes_max = 64 * 1024;
  std::size_t clients_max = 2'000;
  std::chrono::seconds silence_max{60};       // half of it without a sign of life brings a ping
  std::chrono::milliseconds recheck{30'000};  // how often to ask whether a client is still welcome
};

// The clients' side of the notifier, WebSockets and streams of one topic: performs what the hub
// decides. Everything but the NewsSink's calls happens on the server's thread. The pool must
// outlive it, and it the server and the feed.
class LiveServer final : public http::UpgradeHandler, public http::LiveFeed, public NewsSink {
 public:
  // Reads a topic for a user, blocking, on the pool.
  using SnapshotSource = std::function<Result<Snapshot>(const Topic&, const service::Caller&)>;

  // Whether who came in some time ago still may; blocking, on the pool.
  using Welcome = std::function<bool(const service::Caller&)>;

  LiveServer(log::Log log, LiveOptions options, http::OffloadPool& pool, SnapshotSource source,
             Welcome is_welcome);
  ~LiveServer() override;

  void attach(http::asio::any_io_executor executor) override;
  http::asio::awaitable<void> serve(http::asio::ip::tcp::socket socket,
                                    http::HandshakeRequest handshake,
                                    service::Caller caller) override;
  void close_all() override;

  http::asio::awaitable<Result<std::unique_ptr<http::LiveStream>>> follow(
      service::Caller caller, std::string topic, std::string since) override;

  void on_audience(std::function<void(bool present)> changed) override;
  void stream_started(StreamPosition position) override;
  void published(Batch batch, std::function<void()> taken) override;

 private:
  struct Listener;
  class Session;
  class Follower;

  void join(const std::shared_ptr<Listener>& listener);
  void leave(const Listener& listener);
  http::asio::awaitable<void> read_messages(Session& session);
  http::asio::awaitable<void> write_frames(std::shared_ptr<Session> session);
  http::asio::awaitable<void> recheck_clients();
  http::asio::awaitable<void> load(LoadSnapshot wanted, std::shared_ptr<Listener> listener);
  void perform(const Actions& actions);

  log::Log log_;
  LiveOptions options_;
  http::OffloadPool& pool_;
  SnapshotSource source_;
  Welcome is_welcome_;
  http::asio::any_io_executor executor_;
  SubscriptionHub hub_;
  std::unordered_map<ClientId, std::shared_ptr<Listener>> listeners_;
  std::optional<http::asio::steady_timer> recheck_;  // while clients are looked after
  std::function<void(bool)> audience_changed_ = [](bool) {};
  bool closing_ = false;
};

}  // namespace trainyard::notifier
