#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

namespace trainyard::http {

// Takes the file out of a multipart/form-data body (RFC 7578) that arrives in pieces. Sans I/O; it
// holds no more than one delimiter and one part's headers. The first part with a file name counts,
// the others are skipped.
class MultipartReader {
 public:
  explicit MultipartReader(std::string_view boundary);

  // Appends to `file` what `piece` adds to it. Error: invalid_argument when the form is malformed.
  Result<void> feed(std::string_view piece, std::string& file);
  // After the last piece: invalid_argument when the form has no end or no file.
  Result<void> finish() const;
  const std::string& file_name() const { return file_name_; }

 private:
  enum class State { content, delimited, headers, done };

  bool step(std::string& file);  // false: needs more bytes
  bool read_content(std::string& file);
  void begin_part(std::string_view headers);

  std::string delimiter_;
  std::string pending_ = "\r\n";  // so that the first delimiter looks like the others
  State state_ = State::content;
  bool in_file_ = false;
  bool saw_file_ = false;
  bool malformed_ = false;
  std::string file_name_;
};

// The boundary parameter of a Content-Type; empty when there is none.
std::string boundary_of(std::string_view content_type);

}  // namespace trainyard::http
