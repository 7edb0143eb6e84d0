#include "api/notifier/live_server.hpp"

#include "api/http/await.hpp"

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

}  // namespace

class LiveServer::Session {
 public:
  Session(asio::ip::tcp::socket socket, service::Caller who, const LiveOptions& options)
      : caller(std::move(who)), stream(std::move(socket)), news(stream.get_executor()) {
    stream.set_option(websocket::stream_base::timeout{.handshake_timeout = handshake_max,
                                                      .idle_timeout = options.silence_max,
                                                      .keep_alive_pings = true});
    stream.read_message_max(options.message_bytes_max);
    news.expires_at(std::chrono::steady_clock::time_point::max());
  }

  service::Caller caller;
  ClientId client = 0;
  websocket::stream<asio::ip::tcp::socket> stream;
  asio::steady_timer news;  // cancelled when there is something to write
  bool done = false;        // reading has ended
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
  if (closing_ || sessions_.size() >= options_.clients_max) co_return;
  const auto session = std::make_shared<Session>(std::move(socket), std::move(caller), options_);
  auto [error] = co_await session->stream.async_accept(handshake, as_value);
  if (error || closing_) co_return;
  session->client = hub_.connect(session->caller.user_id);
  sessions_.emplace(session->client, session);
  if (sessions_.size() == 1) audience_changed_(true);
  asio::co_spawn(executor_, write_frames(session), asio::detached);
  if (!recheck_) {
    recheck_.emplace(executor_);
    asio::co_spawn(executor_, recheck_clients(), asio::detached);
  }
  co_await read_messages(*session);
  session->done = true;
  session->news.cancel();
  sessions_.erase(session->client);
  if (sessions_.empty()) {
    audience_changed_(false);
    recheck_->cancel();
  }
  hub_.disconnect(session->client);
}

// A credential may end while its connection lives.
asio::awaitable<void> LiveServer::recheck_clients() {
  while (!sessions_.empty() && !closing_) {
    recheck_->expires_after(options_.recheck);
    co_await recheck_->async_wait(as_value);
    std::vector<std::shared_ptr<Session>> clients;
    for (const auto& [id, session] : sessions_)
      clients.push_back(session);
    for (const auto& session : clients) {
      const auto welcome = co_await http::offload(
          pool_, [&]() -> Result<bool> { return is_welcome_(session->caller); });
      if (welcome && !*welcome) perform(hub_.close(session->client, "signed out"));
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
      auto [error, bytes] = co_await session->stream.async_write(asio::buffer(*frame), as_value);
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
      if (const auto found = sessions_.find(wake->client); found != sessions_.end()) {
        found->second->news.cancel();
      }
    } else if (const auto* wanted = std::get_if<LoadSnapshot>(&action)) {
      if (const auto found = sessions_.find(wanted->client); found != sessions_.end()) {
        asio::co_spawn(executor_, load(*wanted, found->second->caller), asio::detached);
      }
    }
  }
}

asio::awaitable<void> LiveServer::load(LoadSnapshot wanted, service::Caller caller) {
  auto snapshot = co_await http::offload(pool_, [&] { return source_(wanted.topic, caller); });
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
