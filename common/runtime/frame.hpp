#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What parent and child say to each other: frames of a four-byte length, a kind, and fields. Both
// ends are the same executable on the same machine, so numbers travel in the machine's own order.

namespace trainyard::runtime {

enum class FrameKind : std::uint8_t {
  // to the child
  task = 1,  // id, lease deadline (0 = none), kind, request
  cancel,    // id
  lease,     // id, deadline
  recall,    // give back what has not begun
  // to the parent
  started,   // id
  progress,  // id, fraction, step, metrics
  log,       // id, level, line
  output,    // id (0 = no task), bytes of standard output and error
  answer,    // id, text
  failure,   // id, error
  returned,  // id
};

inline constexpr std::size_t frame_size_max = std::size_t{64} << 20;

// Appends one frame to a buffer; the frame is complete when the writer goes.
class FrameWriter {
 public:
  FrameWriter(std::string& buffer, FrameKind kind);
  FrameWriter(const FrameWriter&) = delete;
  ~FrameWriter();

  FrameWriter& number(std::uint64_t value);
  FrameWriter& real(double value);
  FrameWriter& text(std::string_view value);
  FrameWriter& error(const Error& value);

 private:
  std::string& buffer_;
  std::size_t begin_;
};

// Reads the fields of a frame in the order they were written. A frame too short for what is asked
// makes ok() false and yields zeros from there on.
class FrameFields {
 public:
  explicit FrameFields(std::string_view payload) : rest_(payload) {}

  std::uint64_t number();
  double real();
  std::string_view text();
  Error error();
  bool ok() const { return ok_; }

 private:
  std::string_view take(std::size_t size);

  std::string_view rest_;
  bool ok_ = true;
};

struct Frame {
  FrameKind kind;
  std::string_view payload;  // valid until the buffer receives more
};

// Cuts a byte stream into frames.
class FrameBuffer {
 public:
  // Reads once from `fd`: bytes read, 0 at the end of the stream, -1 with errno.
  std::int64_t receive(int fd);
  std::optional<Frame> next();
  bool corrupt() const { return corrupt_; }  // an impossible length or kind: nothing more will come

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool corrupt_ = false;
};

}  // namespace trainyard::runtime
