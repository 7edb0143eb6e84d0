#include "worker/training/stored_checkpoints.hpp"

#include <fmt/format.h>

namespace trainyard::training {
namespace {

using Clock = std::chrono::steady_clock;

class StoredCheckpoint final : public models::FitCheckpoint {
 public:
  StoredCheckpoint(std::shared_ptr<const StoredCheckpoints::Options> options,
                   const std::string& key, std::string fit)
      : options_(std::move(options)),
        folder_(fmt::format("{}/checkpoint-{}", options_->folder, key)),
        fit_(std::move(fit)),
        kept_at_(Clock::now()) {}

  std::optional<std::string> latest(std::string_view part) override {
    if (!options_->finds_any) return std::nullopt;
    auto snapshot = options_->artifacts->get(fmt::format("{}/{}", folder_, part));
    if (!snapshot) return std::nullopt;
    has_kept_ = true;
    return std::move(*snapshot);
  }

  bool is_due() override { return Clock::now() - kept_at_ >= options_->interval; }

  void keep(std::string_view part, std::string_view snapshot) override {
    kept_at_ = Clock::now();
    const auto kept = options_->artifacts->put(fmt::format("{}/{}", folder_, part), snapshot);
    if (!kept) {
      tell("cannot keep a checkpoint: " + describe(kept.error()));
    } else if (!std::exchange(has_kept_, true)) {
      tell("takes long: keeps checkpoints");
    }
  }

  void forget() override {
    if (has_kept_) (void)options_->artifacts->remove_all(folder_);
  }

  void tell(std::string_view what) override { options_->tell(fit_, what); }

 private:
  std::shared_ptr<const StoredCheckpoints::Options> options_;
  std::string folder_;
  std::string fit_;
  Clock::time_point kept_at_;
  bool has_kept_ = false;
};

}  // namespace

std::unique_ptr<models::FitCheckpoint> StoredCheckpoints::open(const std::string& key,
                                                               std::string fit) const {
  return std::make_unique<StoredCheckpoint>(options_, key, std::move(fit));
}

}  // namespace trainyard::training
