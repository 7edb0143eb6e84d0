#pragma once

#include "common/adapters/delta/snapshot.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::delta {

// Takes the actions of checkpoints and commits in order, a JSON object per line, and knows what is
// left of them at the end. Whatever a reader has to know for that and does not is refused by name.
// Errors: corrupt_data, invalid_argument.
class Replay {
 public:
  // `name` is the file that the lines come from, for messages.
  Result<void> take(std::string_view lines, const std::string& name);
  // The files in _sidecars that hold a checkpoint's rows; then forgets them.
  Result<std::vector<std::string>> take_sidecars();
  Result<Snapshot> finish(std::int64_t version) &&;

 private:
  struct Action;
  Result<void> take_row(std::string_view line, const std::string& name, std::int64_t number);
  Result<void> take_file(const Action& action);
  Result<std::vector<TableColumn>> columns() const;

  std::map<std::string, DataFile> files_;  // by path, and by deletion vector where there is one
  std::vector<std::string> sidecars_;
  std::string protocol_;  // as JSON, the last that was seen
  std::string metadata_;  // likewise
};

}  // namespace trainyard::delta
