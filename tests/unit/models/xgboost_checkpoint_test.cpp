#include "tests/unit/models/sample_series.hpp"
#include "worker/models/fit_checkpoint.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace trainyard::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array levels{95.0};

// Takes a snapshot after every tree, and stops the fit at the n-th.
class Notebook final : public FitCheckpoint {
 public:
  std::optional<std::string> latest(std::string_view part) override {
    const auto found = parts.find(std::string(part));
    if (found == parts.end()) return std::nullopt;
    return found->second;
  }
  bool is_due() override { return true; }
  void keep(std::string_view part, std::string_view snapshot) override {
    parts[std::string(part)] = snapshot;
    if (++kept == stop_at) stop.request_stop();
  }
  void forget() override { parts.clear(); }
  void tell(std::string_view what) override { told.emplace_back(what); }

  std::map<std::string, std::string> parts;
  std::vector<std::string> told;
  std::stop_source stop;
  int kept = 0;
  int stop_at = 0;
};

struct Outcome {
  std::string saved;
  Forecast forecast;
  bool operator==(const Outcome& other) const {
    return saved == other.saved && forecast.mean == other.forecast.mean &&
           forecast.intervals[0].lower == other.forecast.intervals[0].lower;
  }
};

Result<Outcome> fit(const Series& series, Notebook* notebook,
                    std::string_view settings = R"({"rounds":40})") {
  FitContext context{.hyperparameters = settings, .checkpoint = notebook};
  if (notebook != nullptr) context.stop = notebook->stop.get_token();
  TRY(const auto fitted, make_model("xgboost")->fit(series, context));
  TRY(auto saved, fitted->save());
  TRY(auto forecast, fitted->forecast({.horizon = 12, .levels = levels}));
  return Outcome{std::move(saved), std::move(forecast)};
}

// What an interrupted fit left behind.
Notebook interrupted_at(int tree, const Series& series) {
  Notebook notebook;
  notebook.stop_at = tree;
  const auto outcome = fit(series, &notebook);
  EXPECT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::cancelled);
  Notebook left;
  left.parts = notebook.parts;
  return left;
}

TEST(XgboostCheckpoint, GoesOnAndComesToTheSameTreesToTheLastBit) {
  for (const auto length : {120, 240}) {
    const auto series = synthetic(static_cast<std::size_t>(length), 12);
    const auto whole = fit(series.view(), nullptr);
    ASSERT_TRUE(whole) << describe(whole.error());
    // In the training that measures errors (40 trees), at its end, and in the one that lasts.
    for (const int tree : {1, 17, 40, 42, 60, 80}) {
      auto notebook = interrupted_at(tree, series.view());
      const auto resumed = fit(series.view(), &notebook);
      ASSERT_TRUE(resumed) << describe(resumed.error());
      EXPECT_TRUE(*resumed == *whole) << "interrupted at tree " << tree << " of " << length;
      ASSERT_FALSE(notebook.told.empty());
      EXPECT_THAT(notebook.told.back(), HasSubstr("goes on from a checkpoint at tree"));
    }
  }
}

TEST(XgboostCheckpoint, TrainsNoTreeAgain) {
  const auto series = synthetic(120, 12);
  auto notebook = interrupted_at(60, series.view());
  ASSERT_TRUE(fit(series.view(), &notebook));
  // 21 of the 40 trees that last, and their end.
  EXPECT_EQ(notebook.kept, 22);
  EXPECT_THAT(notebook.told,
              ElementsAre(HasSubstr("at tree 40 of 40"), HasSubstr("at tree 19 of 40")));
}

TEST(XgboostCheckpoint, LeavesTheOutcomeAloneWhereNothingInterrupts) {
  const auto series = synthetic(120, 12);
  Notebook notebook;
  const auto watched = fit(series.view(), &notebook);
  ASSERT_TRUE(watched);
  EXPECT_TRUE(*watched == *fit(series.view(), nullptr));
  EXPECT_THAT(notebook.told, IsEmpty());
}

TEST(XgboostCheckpoint, LeavesAsideWhatIsDamagedOrOfOtherDataAndSaysSo) {
  const auto series = synthetic(120, 12);
  const auto whole = fit(series.view(), nullptr);
  const auto left = interrupted_at(17, series.view());
  const auto& good = left.parts.at("tried");
  auto flipped = good;
  flipped[flipped.size() / 2] ^= 1;
  const auto other = interrupted_at(17, synthetic(132, 12).view());
  for (const auto& bad :
       {flipped, good.substr(0, good.size() / 2), std::string(), std::string("trainyard-trees-1"),
        std::string(1'000, '7'), other.parts.at("tried")}) {
    Notebook notebook;
    notebook.parts["tried"] = bad;
    const auto outcome = fit(series.view(), &notebook);
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_TRUE(*outcome == *whole);
    EXPECT_THAT(notebook.told, ElementsAre(HasSubstr("left aside")));
  }
}

TEST(XgboostCheckpoint, KeepsNothingOfTreesThatSeeRandomRows) {
  Notebook notebook;
  ASSERT_TRUE(fit(synthetic(120, 12).view(), &notebook, R"({"rounds":10,"subsample":0.7})"));
  EXPECT_EQ(notebook.kept, 0);
}

}  // namespace
}  // namespace trainyard::models
