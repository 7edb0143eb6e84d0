#include "api/notifier/live_server.hpp"

#include "api/http/await.hpp"
#include "common/wire/json_writer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace trainyard::notifier {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds handshake_max{5};
constexpr int restart_retry_ms = 1'000;
constexpr std::chrono::seconds first_message_max{30};

// What a WebSocket's client would say to follow the topic from a position.
std::string subscribe_message(std::string_view topic, std::string_view since) {
  wire::JsonWriter out;
  out.begin_object().field("op", "subscribe").field("topic", topic);
  // An epoch is free text, an offset is not.
  if (const auto colon = since.rfind(':'); colon != std::string_view::npos) {
    out.key("since").begin_object().field("epoch", since.substr(0, colon));
    out.field("offset", since.substr(colon + 1)).end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace

// Whoever hears of news. `news` is cancelled when there is something to hear.
struct LiveServer::Listener {
  Listener(const asio::any_io_executor& executor, service::Caller who)
      : caller(std::move(who)), news(executor) {}
  virtual ~Listener() = default;

  service::Caller caller;
  ClientId client = 0;
  asio::steady_timer news;
  std::optional<Error> refused;  // why a topic's snapshot cannot be had
};

class LiveServer::Session final : public Listener {
 public:
  Session(asio::ip::tcp::socket socket, service::Caller who, const LiveOptions& options)
      : Listener(socket.get_executor(), std::move(who)), stream(std::move(socket)) {
    stream.set_option(websocket::stream_base::timeout{.handshake_timeout = handshake_max,
                                                      .idle_timeout = options.silence_max,
                                                      .keep_alive_pings = true});
    stream.read_message_max(options.message_bytes_max);
  }

  websocket::stream<asio::ip::tcp::socket> stream;
  bool done = false;  // reading has ended
};

// The one topic of a client that has no WebSocket.
class LiveServer::Follower final : public http::LiveStream {
 public:
  Follower(LiveServer& server, std::shared_ptr<Listener> listener)
      : server_(server), listener_(std::move(listener)) {}
  ~Follower() override { server_.leave(*listener_); }

  asio::awaitable<std::optional<http::LiveMessage>> next(
      std::chrono::milliseconds patience) override {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
      if (first_) co_return std::exchange(first_, std::nullopt);
      if (const auto frame = server_.hub_.next_frame(listener_->client)) {
        co_return http::LiveMessage{.text = *frame->text,
                                    .position = frame->position,
                                    .is_progress = !frame->progress_of.empty()};
      }
      if (has_ended() || std::chrono::steady_clock::now() >= until) co_return std::nullopt;
      listener_->news.expires_at(until);
      co_await listener_->news.async_wait(as_value);
    }
  }
  bool has_ended() const override { return server_.hub_.is_closing(listener_->client); }

  // As next(), which then has the same message.
  asio::awaitable<Result<void>> await_first() {
    first_ = co_await next(first_message_max);
    if (listener_->refused) co_return std::unexpected(*listener_->refused);
    if (first_) co_return Result<void>();
    co_return fail(Errc::unavailable, "the topic cannot be read at the moment");
  }

 private:
  LiveServer& server_;
  std::shared_ptr<Listener> listener_;
  std::optional<http::LiveMessage> first_;
};

LiveServer::LiveServer(log::Log log, LiveOptions options, http::OffloadPool& pool,
                       SnapshotSource source, Welcome is_welcome)
    : log_(std::move(log)),
      options_(options),
      pool_(pool),
      source_(std::move(source)),
      is_welcome_(std::move(is_welcome)),
      hub_(options.hub) {}

LiveServer::~LiveServer() = default;

void LiveServer::attach(asio::any_io_executor executor) {
  executor_ = std::move(executor);
}

asio::awaitable<void> LiveServer::serve(asio::ip::tcp::socket socket,
                                        http::HandshakeRequest handshake, service::Caller caller) {
  if (closing_ || listeners_.size() >= options_.clients_max) co_return;
  const auto session = std::make_shared<Session>(std::move(socket), std::move(caller), options_);
  auto [error] = co_await session->stream.async_accept(handshake, as_value);
  if (error || closing_) co_return;
  join(session);
  asio::co_spawn(executor_, write_frames(session), asio::detached);
  co_await read_messages(*session);
  session->done = true;
  session->news.cancel();
  leave(*session);
}

asio::awaitable<Result<std::unique_ptr<http::LiveStream>>> LiveServer::follow(
    service::Caller caller, std::string topic, std::string since) {
  if (const auto known = Topic::parse(topic); !known) co_return std::unexpected(known.error());
  if (closing_) co_return fail(Errc::unavailable, "the server is stopping");
  if (listeners_.size() >= options_.clients_max) {
    co_return fail(Errc::exhausted, "too many live connections");
  }
  const auto listener = std::make_shared<Listener>(executor_, std::move(caller));
  join(listener);
  auto follower = std::make_unique<Follower>(*this, listener);
  perform(hub_.received(listener->client, subscribe_message(topic, since)));
  if (auto there = co_await follower->await_first(); !there) {
    co_return std::unexpected(std::move(there).error());
  }
  co_return std::unique_ptr<http::LiveStream>(std::move(follower));
}

void LiveServer::join(const std::shared_ptr<Listener>& listener) {
  listener->client = hub_.connect(listener->caller.user_id);
  listeners_.emplace(listener->client, listener);
  if (listeners_.size() == 1) audience_changed_(true);
  if (!recheck_) {
    recheck_.emplace(executor_);
    asio::co_spawn(executor_, recheck_clients(), asio::detached);
  }
}

void LiveServer::leave(const Listener& listener) {
  listeners_.erase(listener.client);
  if (listeners_.empty()) {
    audience_changed_(false);
    if (recheck_) recheck_->cancel();
  }
  hub_.disconnect(listener.client);
}

// A credential may end while its connection lives.
asio::awaitable<void> LiveServer::recheck_clients() {
  while (!listeners_.empty() && !closing_) {
    recheck_->expires_after(options_.recheck);
    co_await recheck_->async_wait(as_value);
    std::vector<std::shared_ptr<Listener>> clients;
    for (const auto& [id, listener] : listeners_)
      clients.push_back(listener);
    for (const auto& listener : clients) {
      const auto welcome = co_await http::offload(
          pool_, [&]() -> Result<bool> { return is_welcome_(listener->caller); });
      if (welcome && !*welcome) perform(hub_.close(listener->client, "signed out"));
    }
  }
  recheck_.reset();
}

asio::awaitable<void> LiveServer::read_messages(Session& session) {
  beast::flat_buffer buffer;
  while (true) {
    // A message over the limit is answered by Beast with close code 1009.
    auto [error, bytes] = co_await session.stream.async_read(buffer, as_value);
    if (error) co_return;
    const std::string_view text(static_cast<const char*>(buffer.data().data()), buffer.size());
    perform(hub_.received(session.client, text));
    buffer.consume(buffer.size());
  }
}

asio::awaitable<void> LiveServer::write_frames(std::shared_ptr<Session> session) {
  while (!session->done) {
    const auto frame = hub_.next_frame(session->client);
    if (frame) {
      auto [error, bytes] =
          co_await session->stream.async_write(asio::buffer(*frame->text), as_value);
      if (error) break;
    } else if (hub_.is_closing(session->client)) {
      co_await session->stream.async_close(websocket::close_code::try_again_later, as_value);
      break;
    } else {
      session->news.expires_at(std::chrono::steady_clock::time_point::max());
      co_await session->news.async_wait(as_value);
    }
  }
  // Ends the reading too, whatever state the connection is in.
  boost::system::error_code ignored;
  beast::get_lowest_layer(session->stream).close(ignored);
}

void LiveServer::perform(const Actions& actions) {
  for (const auto& action : actions) {
    if (const auto* wake = std::get_if<Wake>(&action)) {
      if (const auto found = listeners_.find(wake->client); found != listeners_.end()) {
        found->second->news.cancel();
      }
    } else if (const auto* wanted = std::get_if<LoadSnapshot>(&action)) {
      if (const auto found = listeners_.find(wanted->client); found != listeners_.end()) {
        asio::co_spawn(executor_, load(*wanted, found->second), asio::detached);
      }
    }
  }
}

asio::awaitable<void> LiveServer::load(LoadSnapshot wanted, std::shared_ptr<Listener> listener) {
  auto snapshot =
      co_await http::offload(pool_, [&] { return source_(wanted.topic, listener->caller); });
  if (!snapshot) listener->refused = snapshot.error();
  perform(hub_.snapshot_loaded(wanted.client, wanted.ticket, std::move(snapshot)));
}

void LiveServer::close_all() {
  closing_ = true;
  if (recheck_) recheck_->cancel();
  perform(hub_.close_all("the server is stopping", restart_retry_ms));
}

void LiveServer::on_audience(std::function<void(bool)> changed) {
  audience_changed_ = std::move(changed);
}

void LiveServer::stream_started(StreamPosition position) {
  asio::post(executor_, [this, position = std::move(position)]() mutable {
    perform(hub_.stream_started(std::move(position)));
  });
}

void LiveServer::published(Batch batch, std::function<void()> taken) {
  asio::post(executor_, [this, batch = std::move(batch), taken = std::move(taken)]() mutable {
    for (auto& [at, news] : batch)
      perform(hub_.published(at, std::move(news)));
    taken();
  });
}

}  // namespace trainyard::notifier
