#pragma once

#include "common/ports/identity.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace trainyard::service {

inline constexpr const char* local_user = "local_user";

// Nobody signs in: everyone who reaches the server is its user, and may do everything.
class OpenIdentity final : public ports::Identity {
 public:
  Result<ports::Principal> identify(const Secret& token) override;
  std::optional<ports::Principal> recall(const Secret& token) override;
};

// API keys go to one, every other token to the other; `tokens` may be null.
class SplitIdentity final : public ports::Identity {
 public:
  SplitIdentity(std::unique_ptr<ports::Identity> keys, std::unique_ptr<ports::Identity> tokens)
      : keys_(std::move(keys)), tokens_(std::move(tokens)) {}

  Result<ports::Principal> identify(const Secret& token) override;

 private:
  std::unique_ptr<ports::Identity> keys_;
  std::unique_ptr<ports::Identity> tokens_;
};

// Remembers whom another identified, for a few seconds: so long goes what was revoked elsewhere.
// Keeps hashes of tokens, and a bounded number of them. Refusals are not remembered.
class RememberingIdentity final : public ports::Identity {
 public:
  struct Options {
    std::chrono::milliseconds keep{10'000};
    std::size_t remembered_max = 10'000;
  };

  RememberingIdentity(std::unique_ptr<ports::Identity> inner, const Clock& clock, Options options)
      : inner_(std::move(inner)), clock_(clock), options_(options) {}

  Result<ports::Principal> identify(const Secret& token) override;
  std::optional<ports::Principal> recall(const Secret& token) override;
  void forget() override;

 private:
  struct Remembered {
    ports::Principal principal;
    TimePoint until;
  };

  std::unique_ptr<ports::Identity> inner_;
  const Clock& clock_;
  Options options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> known_;  // by the token's hash
  std::uint64_t forgotten_ = 0;                        // how often forget() was called
};

}  // namespace trainyard::service
