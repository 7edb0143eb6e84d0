#include "common/log/log.hpp"

#include "common/base/time.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <iterator>

namespace trainyard::log {
namespace {

constexpr std::size_t queued_lines_max = 8192;

void append_quoted(fmt::memory_buffer& line, std::string_view text) {
  line.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        line.append(std::string_view("\\\""));
        break;
      case '\\':
        line.append(std::string_view("\\\\"));
        break;
      case '\n':
        line.append(std::string_view("\\n"));
        break;
      case '\r':
        line.append(std::string_view("\\r"));
        break;
      case '\t':
        line.append(std::string_view("\\t"));
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          line.push_back(c);
        }
    }
  }
  line.push_back('"');
}

void append_fields(fmt::memory_buffer& line, const Fields& fields) {
  for (const auto& field : fields) {
    line.push_back(',');
    append_quoted(line, field.name);
    line.push_back(':');
    if (field.quoted) {
      append_quoted(line, field.value);
    } else {
      line.append(field.value);
    }
  }
}

constexpr std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  std::unreachable();
}

}  // namespace

class Log::Sink {
 public:
  explicit Sink(Level level)
      : level_(level),
        pool_(std::make_shared<spdlog::details::thread_pool>(queued_lines_max, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "trainyard", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::trace);
  }

  bool wants(Level level) const { return level >= level_; }
  void line(std::string_view text) {
    logger_->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  Level level_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

Log Log::with(Fields fields) const {
  Log more = *this;
  more.context_.insert(more.context_.end(), std::make_move_iterator(fields.begin()),
                       std::make_move_iterator(fields.end()));
  return more;
}

void Log::write(Level level, std::string_view message, const Fields& fields) const {
  if (!sink_ || !sink_->wants(level)) return;
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), R"({{"time":"{}","level":"{}","message":)",
                 to_iso8601(system_clock().now()), name_of(level));
  append_quoted(line, message);
  append_fields(line, context_);
  append_fields(line, fields);
  line.push_back('}');
  sink_->line({line.data(), line.size()});
}

void Log::debug(std::string_view message, const Fields& fields) const {
  write(Level::debug, message, fields);
}
void Log::info(std::string_view message, const Fields& fields) const {
  write(Level::info, message, fields);
}
void Log::warn(std::string_view message, const Fields& fields) const {
  write(Level::warn, message, fields);
}
void Log::error(std::string_view message, const Fields& fields) const {
  write(Level::error, message, fields);
}

Log make_log(Level level) {
  return Log(std::make_shared<Log::Sink>(level));
}

}  // namespace trainyard::log
