#include "common/adapters/kafka/kafka_producer.hpp"

#include "common/adapters/kafka/kafka_error.hpp"

namespace trainyard::kafka {
namespace {

// The messages of one publish(): keeps itself until the last of them is reported.
struct Batch {
  struct Slot {
    Batch* batch;
    std::size_t index;
  };

  Report report;
  std::vector<Slot> slots;
  std::atomic<std::size_t> open;
  std::shared_ptr<Batch> self;

  static std::shared_ptr<Batch> make(std::size_t size, const Report& report) {
    auto batch = std::make_shared<Batch>();
    batch->report = report;
    batch->open = size;
    batch->self = batch;
    batch->slots.reserve(size);
    for (std::size_t i = 0; i < size; ++i)
      batch->slots.push_back({batch.get(), i});
    return batch;
  }

  static void give(const Slot& slot, Result<void> fate) {
    auto& batch = *slot.batch;
    batch.report(slot.index, std::move(fate));
    if (--batch.open == 0) batch.self.reset();
  }
};

}  // namespace

KafkaProducer::KafkaProducer(log::Log log, const KafkaOptions& options)
    : log_(std::move(log)), closing_timeout_(options.closing_timeout) {
  auto conf =
      make_conf(options, {{"enable.idempotence", "true"},
                          {"acks", "all"},
                          {"linger.ms", std::to_string(options.linger.count())},
                          {"compression.type", options.compression},
                          {"message.timeout.ms", std::to_string(options.delivery_timeout.count())},
                          {"partitioner", "murmur2_random"},
                          {"queue.buffering.max.messages", "100000"},
                          {"queue.buffering.max.kbytes", "131072"}});
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  client_ = make_client(RD_KAFKA_PRODUCER, std::move(conf));
  reporter_ = std::thread([this] { give_reports(); });
}

KafkaProducer::~KafkaProducer() {
  rd_kafka_flush(client_.get(), static_cast<int>(closing_timeout_.count()));
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (rd_kafka_outq_len(client_.get()) > 0)
    rd_kafka_poll(client_.get(), 50);
  stopping_ = true;
  const QueueHandle reports(rd_kafka_queue_get_main(client_.get()));
  rd_kafka_queue_yield(reports.get());
  reporter_.join();
}

void KafkaProducer::publish(std::span<const ports::Message> messages,
                            std::span<const int> partitions, const Report& report) {
  if (messages.empty()) return;
  const auto batch = Batch::make(messages.size(), report);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto error = send(messages[i], partitions[i], &batch->slots[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Batch::give(batch->slots[i], fail(to_error(error, "publish")));
    }
  }
}

rd_kafka_resp_err_t KafkaProducer::send(const ports::Message& message, int partition, void* slot) {
  std::vector<rd_kafka_vu_t> parts(6 + message.headers.size());
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = message.topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[1].u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
  parts[2].vtype = RD_KAFKA_VTYPE_KEY;
  if (!message.key.empty()) {
    parts[2].u.mem = {const_cast<char*>(message.key.data()), message.key.size()};
  }
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[3].u.mem = {const_cast<char*>(message.value.data()), message.value.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[4].u.ptr = slot;
  parts[5].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[5].u.i32 = partition;
  std::size_t next = 6;
  for (const auto& [name, value] : message.headers) {
    parts[next].vtype = RD_KAFKA_VTYPE_HEADER;
    parts[next].u.header = {name.c_str(), value.data(), static_cast<ssize_t>(value.size())};
    ++next;
  }
  const ErrorHandle error(rd_kafka_produceva(client_.get(), parts.data(), parts.size()));
  return error ? rd_kafka_error_code(error.get()) : RD_KAFKA_RESP_ERR_NO_ERROR;
}

void KafkaProducer::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& producer = *static_cast<KafkaProducer*>(self);
  Result<void> fate;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fate = fail(producer.trouble_.explain(to_error(message->err, "publish")));
  } else if (producer.away_.exchange(false)) {
    producer.trouble_.over();
  }
  Batch::give(*static_cast<const Batch::Slot*>(message->_private), std::move(fate));
}

void KafkaProducer::on_error(rd_kafka_t* client, int code, const char* reason, void* self) {
  auto& producer = *static_cast<KafkaProducer*>(self);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  producer.trouble_.note(error, reason);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> detail{};
    rd_kafka_fatal_error(client, detail.data(), detail.size());
    producer.broken_ = true;
    producer.log_.warn("kafka producer replaced", {{"error", detail.data()}});
  } else if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !producer.away_.exchange(true)) {
    const auto away = producer.trouble_.explain({.code = Errc::unavailable, .detail = reason});
    producer.log_.warn("kafka is away", {{"error", away}});
  }
}

void KafkaProducer::give_reports() {
  while (!stopping_)
    rd_kafka_poll(client_.get(), 1'000);
}

}  // namespace trainyard::kafka
