#pragma once

#include "common/base/uuid.hpp"

#include <cstdint>

namespace trainyard {

// Ids that follow from a seed: whoever does the same work again makes the same ones, in the same
// order. They are version 7 like others, and sort in the order they were made in.
class IdSource {
 public:
  explicit IdSource(const Uuid& seed) : seed_(seed) {}

  Uuid next();

 private:
  Uuid seed_;
  std::uint64_t made_ = 0;
};

}  // namespace trainyard
