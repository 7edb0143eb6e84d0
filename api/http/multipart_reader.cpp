#include "api/http/multipart_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace trainyard::http {
namespace {

constexpr std::size_t part_headers_max = 8 * 1024;

std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return made;
}

// The value of `name=` in a header, quoted or not; nullopt when it is not there.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  const auto lowered = lower(header);
  std::size_t at = 0;
  while ((at = lowered.find(name, at)) != std::string::npos) {
    const bool whole = at == 0 || lowered[at - 1] == ';' || lowered[at - 1] == ' ';
    at += name.size();
    if (whole && at < lowered.size() && lowered[at] == '=') break;
  }
  if (at == std::string::npos) return std::nullopt;
  auto value = header.substr(at + 1);
  if (!value.empty() && value.front() == '"') {
    value.remove_prefix(1);
    return std::string(value.substr(0, value.find('"')));
  }
  return std::string(value.substr(0, value.find_first_of("; \t\r\n")));
}

}  // namespace

std::string boundary_of(std::string_view content_type) {
  auto boundary = parameter(content_type, "boundary").value_or("");
  return boundary.size() <= 200 ? boundary : std::string();
}

MultipartReader::MultipartReader(std::string_view boundary) : delimiter_("\r\n--") {
  delimiter_ += boundary;
}

Result<void> MultipartReader::feed(std::string_view piece, std::string& file) {
  if (state_ == State::done) return {};
  pending_ += piece;
  while (!malformed_ && step(file)) {
  }
  if (malformed_) return fail(Errc::invalid_argument, "the form is malformed");
  return {};
}

Result<void> MultipartReader::finish() const {
  if (state_ != State::done) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "the form stops before its closing boundary",
                      .hint = "send the whole form"});
  }
  if (!saw_file_) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "the form has no file",
                      .field = "file",
                      .hint = "add a part with a file name, e.g. curl -F file=@data.csv"});
  }
  return {};
}

bool MultipartReader::step(std::string& file) {
  switch (state_) {
    case State::content:
      return read_content(file);
    case State::delimited:
      if (pending_.size() < 2) return false;
      if (pending_.starts_with("--")) {
        state_ = State::done;
        pending_.clear();
        return false;
      }
      if (!pending_.starts_with("\r\n")) {
        malformed_ = true;
        return false;
      }
      state_ = State::headers;
      return true;
    case State::headers: {
      const auto end = pending_.find("\r\n\r\n");
      if (end == std::string::npos) {
        malformed_ = pending_.size() > part_headers_max;
        return false;
      }
      begin_part(std::string_view(pending_).substr(0, end));
      pending_.erase(0, end + 4);
      state_ = State::content;
      return true;
    }
    case State::done:
      return false;
  }
  std::unreachable();
}

bool MultipartReader::read_content(std::string& file) {
  const auto end = pending_.find(delimiter_);
  const auto held = std::min(pending_.size(), delimiter_.size() - 1);
  const auto ready = end == std::string::npos ? pending_.size() - held : end;
  if (in_file_) file.append(pending_, 0, ready);
  if (end == std::string::npos) {
    pending_.erase(0, ready);
    return false;
  }
  pending_.erase(0, end + delimiter_.size());
  in_file_ = false;
  state_ = State::delimited;
  return true;
}

void MultipartReader::begin_part(std::string_view headers) {
  if (saw_file_) return;
  const auto at = lower(headers).find("content-disposition:");
  if (at == std::string::npos) return;
  const auto line = headers.substr(at, headers.find("\r\n", at) - at);
  if (auto name = parameter(line, "filename")) {
    saw_file_ = in_file_ = true;
    file_name_ = *std::move(name);
  }
}

}  // namespace trainyard::http
