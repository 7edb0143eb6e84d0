#include "api/notifier/subscription_hub.hpp"

#include "common/wire/json_writer.hpp"

#include <fmt/format.h>

namespace trainyard::notifier {
namespace {

constexpr int slow_retry_ms = 1'000;

void write_position(wire::JsonWriter& out, std::string_view epoch, std::string_view offset) {
  out.key("position");
  if (epoch.empty()) {
    out.raw("null");
  } else {
    out.begin_object().field("epoch", epoch).field("offset", offset).end_object();
  }
}

std::string position_text(std::string_view epoch, std::string_view offset) {
  return epoch.empty() ? std::string() : fmt::format("{}:{}", epoch, offset);
}

std::string event_frame(const std::string& topic, const std::string& epoch,
                        const RingEntry& entry) {
  wire::JsonWriter out;
  out.begin_object().field("op", "event").field("topic", topic);
  write_position(out, epoch, entry.offset);
  out.field("type", entry.news->type).key("data").raw(entry.news->data).end_object();
  return out.take();
}

// What a client that cannot keep up may miss. Newer progress takes the place of older; lines of a
// log stand side by side.
std::string replaceable_key(const wire::News& news, const std::string& key,
                            const ports::Position& at) {
  if (news.kind == wire::News::Kind::progress) return key + "/" + news.subject;
  if (news.kind == wire::News::Kind::log) return fmt::format("{}/{}", at.partition, at.offset);
  return {};
}

bool may_be_left_out(const wire::News& news) {
  return news.kind == wire::News::Kind::progress || news.kind == wire::News::Kind::log;
}

bool concerns(const wire::News& news, const std::string& key) {
  if (key.starts_with("job:")) return key.substr(4) == news.subject;
  if (key.starts_with("batch:")) {
    return key.substr(6) ==
           (news.kind == wire::News::Kind::batch_end ? news.subject : news.batch_id);
  }
  return key.substr(5) == news.user_id;
}

}  // namespace

struct SubscriptionHub::Subscription {
  struct Floor {
    std::int64_t version = 0;
    bool is_terminal = false;
  };

  Topic topic;
  std::string key;
  std::string id;            // the client's, JSON
  std::uint64_t ticket = 0;  // of the snapshot being read; 0: live
  StreamPosition start;      // of the buffering
  std::vector<RingEntry> buffered;
  std::unordered_map<std::string, Floor> floors;

  bool is_news(const wire::News& news) {
    const auto floor = floors.find(news.subject);
    if (floor == floors.end() || news.kind == wire::News::Kind::batch_end) return true;
    if (news.kind == wire::News::Kind::log) return true;
    if (news.kind == wire::News::Kind::progress) return !floor->second.is_terminal;
    if (news.version <= floor->second.version) return false;
    floor->second = {.version = news.version, .is_terminal = news.is_terminal};
    return true;
  }
};

struct SubscriptionHub::Client {
  Client(ClientId number, std::string user, std::size_t frames_max)
      : id(number), user_id(std::move(user)), outbox(frames_max) {}

  ClientId id;
  std::string user_id;
  Outbox outbox;
  std::unordered_map<std::string, Subscription> subscriptions;  // by key
  bool closing = false;
};

SubscriptionHub::SubscriptionHub(Options options)
    : options_(options), ring_(options.ring_entries_max), gate_(options.jobs_known_max) {}

SubscriptionHub::~SubscriptionHub() = default;

ClientId SubscriptionHub::connect(std::string user_id) {
  const auto id = next_client_++;
  clients_.emplace(id,
                   std::make_unique<Client>(id, std::move(user_id), options_.outbox_frames_max));
  return id;
}

void SubscriptionHub::disconnect(ClientId id) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  while (!found->second->subscriptions.empty()) {
    drop(*found->second, std::string(found->second->subscriptions.begin()->first));
  }
  clients_.erase(found);
}

Actions SubscriptionHub::stream_started(StreamPosition position) {
  Actions actions;
  ring_.restart(std::move(position));
  gate_.forget_all();
  for (auto& [id, client] : clients_) {
    for (auto& [key, subscription] : client->subscriptions) {
      begin_buffering(*client, subscription, actions);
    }
  }
  return actions;
}

Actions SubscriptionHub::published(const ports::Position& at, wire::News news) {
  Actions actions;
  ring_.pass(at);
  if (news.kind == wire::News::Kind::log) {
    tell_log(at, std::move(news), actions);
    return actions;
  }
  if (!gate_.admit(news)) return actions;
  const auto& entry = ring_.keep(std::make_shared<const wire::News>(std::move(news)), at);
  const auto& told = *entry.news;
  const bool is_job = told.kind != wire::News::Kind::batch_end;
  const std::string batch = is_job ? told.batch_id : told.subject;
  for (const auto& key :
       {is_job ? "job:" + told.subject : std::string(), "batch:" + batch, "mine:" + told.user_id}) {
    deliver_to_all(key, entry, actions);
  }
  return actions;
}

// Whoever missed lines reads the stored ones, so they take no room from what is kept for those who
// come back.
void SubscriptionHub::tell_log(const ports::Position& at, wire::News news, Actions& actions) {
  const auto key = "job:" + news.subject;
  if (!by_topic_.contains(key)) return;
  const RingEntry entry{.news = std::make_shared<const wire::News>(std::move(news)),
                        .at = at,
                        .offset = ring_.position().offset()};
  deliver_to_all(key, entry, actions);
}

void SubscriptionHub::deliver_to_all(const std::string& key, const RingEntry& entry,
                                     Actions& actions) {
  const auto subscribers = by_topic_.find(key);
  if (subscribers == by_topic_.end()) return;
  // Closing a client changes the set.
  const std::vector<ClientId> ids(subscribers->second.begin(), subscribers->second.end());
  for (const auto id : ids) {
    auto& client = *clients_.at(id);
    deliver(client, client.subscriptions.at(key), entry, actions);
  }
}

void SubscriptionHub::deliver(Client& client, Subscription& subscription, const RingEntry& entry,
                              Actions& actions) {
  if (subscription.ticket != 0) {
    if (subscription.buffered.size() < options_.buffered_max) {
      subscription.buffered.push_back(entry);
    } else if (!may_be_left_out(*entry.news)) {
      close(client, "the snapshot took too long", slow_retry_ms, actions);
    }
    return;
  }
  if (!subscription.is_news(*entry.news)) return;
  send(client,
       {.text = std::make_shared<const std::string>(
            event_frame(subscription.topic.text, ring_.position().epoch, entry)),
        .progress_of = replaceable_key(*entry.news, subscription.key, entry.at),
        .position = position_text(ring_.position().epoch, entry.offset)},
       actions);
}

Actions SubscriptionHub::received(ClientId id, std::string_view text) {
  Actions actions;
  const auto found = clients_.find(id);
  if (found == clients_.end() || found->second->closing) return actions;
  auto& client = *found->second;
  const auto message = wire::parse_client_message(text);
  if (!message) {
    send_error(client, "null", message.error(), actions);
  } else if (message->op == wire::ClientMessage::Op::ping) {
    send_text(client, fmt::format(R"({{"op":"pong","id":{}}})", message->id), actions);
  } else if (message->op == wire::ClientMessage::Op::subscribe) {
    subscribe(client, *message, actions);
  } else {
    unsubscribe(client, *message, actions);
  }
  return actions;
}

void SubscriptionHub::subscribe(Client& client, const wire::ClientMessage& message,
                                Actions& actions) {
  const auto topic = Topic::parse(message.topic);
  if (!topic) return send_error(client, message.id, topic.error(), actions);
  const auto key = topic->key(client.user_id);
  if (!client.subscriptions.contains(key) &&
      client.subscriptions.size() >= options_.topics_per_client_max) {
    return send_error(client, message.id,
                      Error{.code = Errc::exhausted,
                            .detail = fmt::format("more than {} topics on one connection",
                                                  options_.topics_per_client_max),
                            .field = "topic"},
                      actions);
  }
  by_topic_[key].insert(client.id);
  auto& subscription = client.subscriptions[key];
  subscription = {.topic = *topic, .key = key, .id = message.id};
  // Whether a job or batch may be seen is told by reading it, so those are replayed only to whom
  // the events themselves say it.
  const auto since = message.since ? StreamPosition::parse(*message.since) : std::nullopt;
  if (!since || !ring_.covers(*since)) return begin_buffering(client, subscription, actions);
  std::vector<RingEntry> missed;
  for (auto& entry : ring_.after(*since)) {
    if (!concerns(*entry.news, key)) continue;
    if (entry.news->user_id != client.user_id) {
      return begin_buffering(client, subscription, actions);
    }
    missed.push_back(std::move(entry));
  }
  if (missed.empty() && !std::holds_alternative<Mine>(topic->of)) {
    return begin_buffering(client, subscription, actions);
  }
  send_subscribed(client, subscription, true, *since, "null", actions);
  for (const auto& entry : missed)
    deliver(client, subscription, entry, actions);
}

void SubscriptionHub::unsubscribe(Client& client, const wire::ClientMessage& message,
                                  Actions& actions) {
  const auto topic = Topic::parse(message.topic);
  if (!topic) return send_error(client, message.id, topic.error(), actions);
  drop(client, topic->key(client.user_id));
  wire::JsonWriter out;
  out.begin_object().field("op", "unsubscribed").key("id").raw(message.id);
  out.field("topic", message.topic).end_object();
  send_text(client, out.take(), actions);
}

void SubscriptionHub::begin_buffering(Client& client, Subscription& subscription,
                                      Actions& actions) {
  subscription.ticket = next_ticket_++;
  subscription.start = ring_.position();
  subscription.buffered.clear();
  subscription.floors.clear();
  actions.emplace_back(LoadSnapshot{client.id, subscription.topic, subscription.ticket});
}

Actions SubscriptionHub::snapshot_loaded(ClientId id, std::uint64_t ticket,
                                         Result<Snapshot> snapshot) {
  Actions actions;
  const auto found = clients_.find(id);
  if (found == clients_.end() || found->second->closing) return actions;
  auto& client = *found->second;
  for (auto& [key, subscription] : client.subscriptions) {
    if (subscription.ticket != ticket) continue;
    if (!snapshot) {
      send_error(client, subscription.id, snapshot.error(), actions);
      drop(client, std::string(key));
      return actions;
    }
    for (const auto& seen : snapshot->seen) {
      subscription.floors[seen.job_id] = {.version = seen.version, .is_terminal = seen.is_terminal};
    }
    subscription.ticket = 0;
    const auto buffered = std::move(subscription.buffered);
    subscription.buffered.clear();
    send_subscribed(client, subscription, false, subscription.start, snapshot->json, actions);
    for (const auto& entry : buffered) {
      if (client.closing) break;
      deliver(client, subscription, entry, actions);
    }
    return actions;
  }
  return actions;
}

void SubscriptionHub::send_subscribed(Client& client, const Subscription& subscription,
                                      bool recovered, const StreamPosition& position,
                                      std::string_view snapshot, Actions& actions) {
  wire::JsonWriter out;
  out.begin_object().field("op", "subscribed").key("id").raw(subscription.id);
  out.field("topic", subscription.topic.text).field("recovered", recovered);
  write_position(out, position.epoch, position.offset());
  out.key("snapshot").raw(snapshot).end_object();
  send(client,
       {.text = std::make_shared<const std::string>(out.take()),
        .progress_of = {},
        .position = position_text(position.epoch, position.offset())},
       actions);
}

void SubscriptionHub::send_error(Client& client, const std::string& id, const Error& error,
                                 Actions& actions) {
  wire::JsonWriter out;
  out.begin_object().field("op", "error").key("id").raw(id);
  out.field("code", to_string(error.code)).field("detail", describe(error)).end_object();
  send_text(client, out.take(), actions);
}

void SubscriptionHub::send_text(Client& client, std::string text, Actions& actions) {
  send(client, {.text = std::make_shared<const std::string>(std::move(text)), .progress_of = {}},
       actions);
}

void SubscriptionHub::send(Client& client, Frame frame, Actions& actions) {
  if (client.closing) return;
  const bool was_empty = client.outbox.empty();
  if (!client.outbox.push(std::move(frame))) {
    return close(client, "too slow: more events wait than are kept for one client", slow_retry_ms,
                 actions);
  }
  if (was_empty) actions.emplace_back(Wake{client.id});
}

Actions SubscriptionHub::close(ClientId id, std::string_view reason) {
  Actions actions;
  if (const auto found = clients_.find(id); found != clients_.end()) {
    close(*found->second, reason, 0, actions);
  }
  return actions;
}

Actions SubscriptionHub::close_all(std::string_view reason, int retry_after_ms) {
  Actions actions;
  for (auto& [id, client] : clients_)
    close(*client, reason, retry_after_ms, actions);
  return actions;
}

void SubscriptionHub::close(Client& client, std::string_view reason, int retry_after_ms,
                            Actions& actions) {
  if (client.closing) return;
  client.closing = true;
  // What waits would come after a gap; the client starts anew from its last position.
  client.outbox.clear();
  wire::JsonWriter out;
  out.begin_object().field("op", "closing").field("reason", reason);
  out.field("retry_after_ms", retry_after_ms).end_object();
  client.outbox.push({.text = std::make_shared<const std::string>(out.take()), .progress_of = {}});
  actions.emplace_back(Wake{client.id});
}

void SubscriptionHub::drop(Client& client, const std::string& key) {
  client.subscriptions.erase(key);
  const auto subscribers = by_topic_.find(key);
  if (subscribers == by_topic_.end()) return;
  subscribers->second.erase(client.id);
  if (subscribers->second.empty()) by_topic_.erase(subscribers);
}

std::optional<Frame> SubscriptionHub::next_frame(ClientId id) {
  const auto found = clients_.find(id);
  return found == clients_.end() ? std::nullopt : found->second->outbox.pop();
}

bool SubscriptionHub::is_closing(ClientId id) const {
  const auto found = clients_.find(id);
  return found == clients_.end() || found->second->closing;
}

}  // namespace trainyard::notifier
