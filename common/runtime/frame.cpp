#include "common/runtime/frame.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t read_size = std::size_t{64} << 10;

template <class Number>
void append_raw(std::string& buffer, Number value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  buffer.append(raw, sizeof value);
}

template <class Number>
Number read_raw(std::string_view raw) {
  Number value{};
  if (raw.size() == sizeof value) std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

}  // namespace

FrameWriter::FrameWriter(std::string& buffer, FrameKind kind)
    : buffer_(buffer), begin_(buffer.size()) {
  append_raw(buffer_, std::uint32_t{0});
  buffer_.push_back(static_cast<char>(kind));
}

FrameWriter::~FrameWriter() {
  const auto size = static_cast<std::uint32_t>(buffer_.size() - begin_ - header_size);
  std::memcpy(buffer_.data() + begin_, &size, sizeof size);
}

FrameWriter& FrameWriter::number(std::uint64_t value) {
  append_raw(buffer_, value);
  return *this;
}

FrameWriter& FrameWriter::real(double value) {
  append_raw(buffer_, value);
  return *this;
}

FrameWriter& FrameWriter::text(std::string_view value) {
  append_raw(buffer_, static_cast<std::uint32_t>(value.size()));
  buffer_.append(value);
  return *this;
}

FrameWriter& FrameWriter::error(const Error& value) {
  number(static_cast<std::uint64_t>(value.code));
  text(value.detail).text(value.field).text(value.hint);
  number(value.row ? 1 : 0).number(static_cast<std::uint64_t>(value.row.value_or(0)));
  number(value.category ? static_cast<std::uint64_t>(*value.category) + 1 : 0);
  return *this;
}

std::string_view FrameFields::take(std::size_t size) {
  if (rest_.size() < size) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint64_t FrameFields::number() {
  return read_raw<std::uint64_t>(take(sizeof(std::uint64_t)));
}

double FrameFields::real() {
  return read_raw<double>(take(sizeof(double)));
}

std::string_view FrameFields::text() {
  return take(read_raw<std::uint32_t>(take(sizeof(std::uint32_t))));
}

Error FrameFields::error() {
  Error error;
  const auto code = number();
  error.detail = text();
  error.field = text();
  error.hint = text();
  const bool has_row = number() != 0;
  const auto row = static_cast<std::int64_t>(number());
  const auto category = number();
  if (has_row) error.row = row;
  ok_ = ok_ && code <= static_cast<std::uint64_t>(Errc::internal) &&
        category <= static_cast<std::uint64_t>(Category::permanent) + 1;
  if (!ok_) return error;
  error.code = static_cast<Errc>(code);
  if (category != 0) error.category = static_cast<Category>(category - 1);
  return error;
}

std::int64_t FrameBuffer::receive(int fd) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (bytes_.size() - end_ < read_size) {
    if (begin_ != 0) std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    // Doubling keeps a large frame from being moved once per read.
    if (bytes_.size() - end_ < read_size) bytes_.resize(bytes_.size() * 2 + read_size);
  }
  while (true) {
    const auto count = ::read(fd, bytes_.data() + end_, bytes_.size() - end_);
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) end_ += static_cast<std::size_t>(count);
    return count;
  }
}

std::optional<Frame> FrameBuffer::next() {
  if (corrupt_ || end_ - begin_ < header_size) return std::nullopt;
  const char* head = bytes_.data() + begin_;
  const auto size = read_raw<std::uint32_t>({head, sizeof(std::uint32_t)});
  const auto kind = static_cast<std::uint8_t>(head[sizeof(std::uint32_t)]);
  if (size > frame_size_max || kind < static_cast<std::uint8_t>(FrameKind::task) ||
      kind > static_cast<std::uint8_t>(FrameKind::returned)) {
    corrupt_ = true;
    return std::nullopt;
  }
  if (end_ - begin_ < header_size + size) return std::nullopt;
  begin_ += header_size + size;
  return Frame{static_cast<FrameKind>(kind), {head + header_size, size}};
}

}  // namespace trainyard::runtime
