#pragma once

#include "common/adapters/jwt/key_set.hpp"
#include "common/log/log.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

namespace trainyard::jwt {

// The issuer's keys as last fetched. They are fetched when first needed, again when they are old
// (so that a key that was withdrawn ends), and when a token names one that is not there (so that a
// new key works at once), but never more often than `refetch_min`, whatever tokens come. When a
// fetch fails the keys that are known go on. Thread-safe; one thread fetches, others wait for it
// only when they have no key.
class KeySource {
 public:
  struct Options {
    std::function<Result<std::string>()> fetch;  // the key set's text; blocks
    std::chrono::milliseconds refetch_min{10'000};
    std::chrono::milliseconds keep_max{600'000};
  };

  KeySource(log::Log log, Options options) : log_(std::move(log)), options_(std::move(options)) {}

  // The key of that name and kind; without a name the only one of its kind. Errors: forbidden when
  // there is none, unavailable when the keys were never fetched.
  Result<crypto::PublicKey> find(const std::string& id, crypto::Signature kind);

 private:
  using Now = std::chrono::steady_clock::time_point;

  std::optional<crypto::PublicKey> look(const std::string& id, crypto::Signature kind);
  bool is_old();
  bool has_keys();
  Result<void> fetch();

  log::Log log_;
  Options options_;
  std::mutex fetching_;          // held over a fetch
  std::optional<Now> tried_at_;  // guarded by fetching_
  std::mutex mutex_;             // guards what follows
  std::vector<NamedKey> keys_;
  Now fetched_at_;
};

}  // namespace trainyard::jwt
