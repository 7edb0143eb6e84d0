#pragma once

#include "api/notifier/event_ring.hpp"
#include "api/notifier/news_gate.hpp"
#include "api/notifier/outbox.hpp"
#include "api/notifier/topic.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace trainyard::notifier {

using ClientId = std::uint64_t;

// What a topic looks like now, and how new each job in it is.
struct Snapshot {
  struct Seen {
    std::string job_id;
    std::int64_t version = 0;
    bool is_terminal = false;
  };

  std::string json;
  std::vector<Seen> seen;
};

// What the hub wants done; its caller does it and comes back.
struct Wake {
  ClientId client;  // next_frame() has something, or the client is to be closed
};
struct LoadSnapshot {
  ClientId client;
  Topic topic;
  std::uint64_t ticket;  // for snapshot_loaded()
};
using Action = std::variant<Wake, LoadSnapshot>;
using Actions = std::vector<Action>;

// Who gets which event: subscriptions, replay, snapshots, outboxes. Sans I/O: inputs come in as
// calls, what is to be done goes out as actions. Subscribing buffers the stream while a snapshot is
// read, then sends the snapshot and of the buffered events those that are newer. Before the stream
// has started a snapshot has no position; its start brings another that has one, so that nothing in
// between is missed. Transitions are never left out: a client that cannot take them is closed with
// a reason. Not thread-safe.
class SubscriptionHub {
 public:
  struct Options {
    std::size_t ring_entries_max = 20'000;
    std::size_t jobs_known_max = 200'000;
    std::size_t outbox_frames_max = 2'000;
    std::size_t topics_per_client_max = 200;
    std::size_t buffered_max = 20'000;  // events during one snapshot's reading
  };

  explicit SubscriptionHub(Options options);
  ~SubscriptionHub();

  ClientId connect(std::string user_id);
  void disconnect(ClientId client);

  // The stream (re)starts here; every subscription gets a new snapshot.
  Actions stream_started(StreamPosition position);
  Actions published(const ports::Position& at, wire::News news);
  Actions received(ClientId client, std::string_view text);
  Actions snapshot_loaded(ClientId client, std::uint64_t ticket, Result<Snapshot> snapshot);
  // This one is told why it ends.
  Actions close(ClientId client, std::string_view reason);
  // Everyone is told to come back; nothing is sent after that.
  Actions close_all(std::string_view reason, int retry_after_ms);

  std::optional<Frame> next_frame(ClientId client);
  // Nothing more will come once next_frame() is empty.
  bool is_closing(ClientId client) const;

 private:
  struct Subscription;
  struct Client;

  void subscribe(Client& client, const wire::ClientMessage& message, Actions& actions);
  void unsubscribe(Client& client, const wire::ClientMessage& message, Actions& actions);
  void begin_buffering(Client& client, Subscription& subscription, Actions& actions);
  void tell_log(const ports::Position& at, wire::News news, Actions& actions);
  void deliver_to_all(const std::string& key, const RingEntry& entry, Actions& actions);
  void deliver(Client& client, Subscription& subscription, const RingEntry& entry,
               Actions& actions);
  void send(Client& client, Frame frame, Actions& actions);
  void send_text(Client& client, std::string text, Actions& actions);
  void send_error(Client& client, const std::string& id, const Error& error, Actions& actions);
  void send_subscribed(Client& client, const Subscription& subscription, bool recovered,
                       const StreamPosition& position, std::string_view snapshot, Actions& actions);
  void close(Client& client, std::string_view reason, int retry_after_ms, Actions& actions);
  void drop(Client& client, const std::string& key);

  Options options_;
  EventRing ring_;
  NewsGate gate_;
  std::uint64_t next_client_ = 1;
  std::uint64_t next_ticket_ = 1;
  std::unordered_map<ClientId, std::unique_ptr<Client>> clients_;
  std::unordered_map<std::string, std::unordered_set<ClientId>> by_topic_;
};

}  // namespace trainyard::notifier
