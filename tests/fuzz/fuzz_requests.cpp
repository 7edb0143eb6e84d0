// The first byte chooses who reads the rest: what people and systems send, as text or as files.
#include "tests/fuzz/json_mutator.hpp"
#include "tests/fuzz/request_readers.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace trainyard::fuzz {
namespace {

const Reader& reader_of(std::uint8_t byte) {
  const auto requests = request_readers();
  const auto files = file_readers();
  const std::size_t index = byte % (requests.size() + files.size());
  return index < requests.size() ? requests[index] : files[index - requests.size()];
}

}  // namespace
}  // namespace trainyard::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& reader = trainyard::fuzz::reader_of(data[0]);
  const auto kept = reader.read({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (kept) return 0;
  fmt::print(stderr, "{}: {}\n", reader.name, kept.error().detail);
  std::abort();
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  if (size > 1 && seed % 2 == 0)
    if (const auto length = trainyard::fuzz::mutate_json({data + 1, size_max - 1}, size - 1, seed))
      return *length + 1;
  return LLVMFuzzerMutate(data, size, size_max);
}
