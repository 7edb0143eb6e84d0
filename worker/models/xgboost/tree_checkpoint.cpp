#include "worker/models/xgboost/tree_checkpoint.hpp"

#include "worker/models/xgboost/saved_trees.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace trainyard::models {
namespace {

// Raise it when the same options mean other trees.
constexpr std::string_view format = "trainyard-trees-1";

// FNV-1a over words: it has to notice a difference, not to withstand an attacker.
class Hash {
 public:
  void add(const void* bytes, std::size_t size) {
    const auto* at = static_cast<const unsigned char*>(bytes);
    std::uint64_t word = 0;
    for (; size >= sizeof(word); at += sizeof(word), size -= sizeof(word)) {
      std::memcpy(&word, at, sizeof(word));
      mix(word);
    }
    word = size;
    std::memcpy(&word, at, size);
    mix(word);
  }
  std::uint64_t value() const { return hash_; }

 private:
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001b3;
    hash_ ^= hash_ >> 29;
  }

  std::uint64_t hash_ = 0xcbf29ce484222325;
};

std::uint64_t hash_of(std::string_view text) {
  Hash hash;
  hash.add(text.data(), text.size());
  return hash.value();
}

std::uint64_t fingerprint_of(const TrainingRows& rows, const BoosterOptions& options) {
  Hash hash;
  hash.add(rows.features.data(), rows.features.size_bytes());
  hash.add(rows.targets.data(), rows.targets.size_bytes());
  const auto text =
      fmt::format("{} {} {} {} {:a} {:a} {:a} {:a} {}", static_cast<int>(options.loss),
                  options.rounds, options.depth_max, options.bins_max, options.learning_rate,
                  options.leaf_weight_min, options.row_share, options.base, options.seed);
  hash.add(text.data(), text.size());
  return hash.value();
}

template <class Number>
bool take(std::string_view& text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end == text.data() + text.size()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

}  // namespace

TreeCheckpoint::TreeCheckpoint(CheckpointPart where, const TrainingRows& rows,
                               const BoosterOptions& options)
    : part_(where.name),
      rounds_(options.rounds),
      columns_(rows.features.size() / rows.targets.size()) {
  if (where.store == nullptr || options.row_share < 1.0) return;
  store_ = where.store;
  fingerprint_ = fingerprint_of(rows, options);
}

// "trainyard-trees-1 <fingerprint> <hash of the trees> <rounds> <trees>"
std::optional<TreeCheckpoint::Kept> TreeCheckpoint::read(std::string_view snapshot) const {
  if (!snapshot.starts_with(format) || snapshot.size() == format.size()) return std::nullopt;
  snapshot.remove_prefix(format.size() + 1);
  std::uint64_t fingerprint = 0;
  std::uint64_t hash = 0;
  Kept kept;
  if (!take(snapshot, fingerprint, 16) || !take(snapshot, hash, 16) ||
      !take(snapshot, kept.rounds)) {
    return std::nullopt;
  }
  if (fingerprint != fingerprint_ || hash != hash_of(snapshot)) return std::nullopt;
  if (kept.rounds < 1 || kept.rounds > rounds_ || !are_sound_trees(snapshot, columns_)) {
    return std::nullopt;
  }
  kept.trees = snapshot;
  return kept;
}

std::optional<TreeCheckpoint::Kept> TreeCheckpoint::latest() {
  if (store_ == nullptr) return std::nullopt;
  const auto snapshot = store_->latest(part_);
  if (!snapshot) return std::nullopt;
  auto kept = read(*snapshot);
  if (!kept) {
    store_->tell("a checkpoint is left aside: it is damaged, or of another version or other data");
  }
  return kept;
}

void TreeCheckpoint::go_on_at(int round) {
  has_kept_ = true;
  store_->tell(fmt::format("goes on from a checkpoint at tree {} of {}", round, rounds_));
}

void TreeCheckpoint::keep(int rounds, const Result<std::string>& trees) {
  if (store_ == nullptr || !trees) return;
  store_->keep(part_, fmt::format("{} {:x} {:x} {} {}", format, fingerprint_, hash_of(*trees),
                                  rounds, *trees));
  has_kept_ = true;
}

}  // namespace trainyard::models
