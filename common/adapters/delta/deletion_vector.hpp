#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace trainyard::delta {

// Which rows of a data file count as deleted, as the table's log names them: in the log itself, or
// in a file of vectors. A value.
struct DeletionVector {
  enum class Storage { inlined, in_file };

  Storage storage = Storage::inlined;
  std::string content;  // of an inlined one
  std::string path;     // of the file, below the table
  std::int64_t offset = 0;
  std::int64_t size = 0;  // bytes
  std::int64_t rows = 0;  // that it names
};

// What the log says: a type of storage, a text that depends on it, and the rest. corrupt_data: no
// such vector; invalid_argument: it lies outside of the table.
Result<DeletionVector> parse_deletion_vector(const std::string& storage, const std::string& text,
                                             DeletionVector vector);

// Reads `count` bytes of a file of the table from `first` on.
using ReadBytes = std::function<Result<std::string>(const std::string& path, std::int64_t first,
                                                    std::int64_t count)>;

// The deleted rows of the file, from 0, ascending. corrupt_data when they are not as many as told.
Result<std::vector<std::int64_t>> deleted_rows(const DeletionVector& vector, const ReadBytes& read);

}  // namespace trainyard::delta
